# Whether the kubelet runs here as wanted, and will again after a reboot.
set -eu
{% set daemon = "kubelet" %}
{% set needed = ["containerd"] + (["kube-apiserver"] if "control-plane" in host.roles else []) + ([gateway] if gateway else []) %}
{% set settings = ["Delegate=yes", "KillMode=process"] + failover | list %}
{% set held = [] if joins_by_token else ["kubelet.crt", "kubelet-client.crt"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/lib/kubeconfig.inc.sh" %}

{% include "modern/nodes/kubelet.inc.sh" %}

{% if joins_by_token %}
{% include "modern/nodes/identity.inc.sh" %}

holds {{ member }} "$(member_text)"
if ! is_joined; then
    echo "the kubelet has no certificate yet, or one that has ended"
    exit 1
fi
holds /etc/kubernetes/kubelet.kubeconfig "$(identity_text)"
{% else %}
holds /etc/kubernetes/kubelet.kubeconfig "$(kubeconfig_text kubelet-client system:node:{{ host.name }})"
{% endif %}
holds /etc/kubernetes/kubelet.yaml "$(config_text)"
holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
