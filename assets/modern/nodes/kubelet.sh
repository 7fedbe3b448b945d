# Starts the kubelet, which runs pods on this host. It takes no request without a certificate or a
# token, and asks the API whether the one who asks may.
set -eu
{% set daemon = "kubelet" %}
{# Beside the API server it starts after it: refused a few times, it would try again only every 30 s. #}
{% set needed = ["containerd", "kube-apiserver"] if host == cluster.control_plane else ["containerd"] %}
{% set settings = ["Delegate=yes", "KillMode=process"] %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/lib/kubeconfig.inc.sh" %}

{% include "modern/nodes/kubelet.inc.sh" %}

put /etc/kubernetes/kubelet.kubeconfig 600 "$(kubeconfig_text kubelet-client system:node:{{ host.name }})"
put /etc/kubernetes/kubelet.yaml 644 "$(config_text)"
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
