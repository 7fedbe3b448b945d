# Starts the kubelet, which runs pods on this host. It takes no request without a certificate or a
# token, and asks the API whether the one who asks may.
{% if joins_by_token %}
# It makes its own keys, which never leave this host, and asks the cluster for certificates: the first
# time with a token, later with the certificate it has.
{% endif %}
set -eu
{% set daemon = "kubelet" %}
{# Beside the API server it starts after it: refused a few times, it would try again only every 30 s. #}
{% set needed = ["containerd"] + (["kube-apiserver"] if "control-plane" in host.roles else []) + ([gateway] if gateway else []) %}
{% set settings = ["Delegate=yes", "KillMode=process"] + failover | list %}
{% set held = [] if joins_by_token else ["kubelet.crt", "kubelet-client.crt"] %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/lib/kubeconfig.inc.sh" %}

{% include "modern/nodes/kubelet.inc.sh" %}

{% if joins_by_token %}
{% include "modern/nodes/identity.inc.sh" %}

# What an earlier cluster, or another name of this host, was given opens nothing here.
if [ "$(cat {{ member }} 2>/dev/null)" != "$(member_text)" ]; then
    rm -f {{ kubelet_pki }}/kubelet-client-* {{ kubelet_pki }}/kubelet-server-*
    put {{ member }} 600 "$(member_text)"
fi
if is_joined; then
    put /etc/kubernetes/kubelet.kubeconfig 600 "$(identity_text)"
else
    [ -s "${KWIZARD_JOB_DIR:-}/bootstrap-token" ] || fail "the token was not sent with this job"
    # The kubelet will write it.
    keep /etc/kubernetes/kubelet.kubeconfig
    rm -f /etc/kubernetes/kubelet.kubeconfig
    umask 077
    put {{ bootstrap }} 600 "$(bootstrap_text)"
    umask 022
fi
{% else %}
put /etc/kubernetes/kubelet.kubeconfig 600 "$(kubeconfig_text kubelet-client system:node:{{ host.name }})"
{% endif %}
put /etc/kubernetes/kubelet.yaml 644 "$(config_text)"
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
