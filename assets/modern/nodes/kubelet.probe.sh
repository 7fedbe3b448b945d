# Whether the kubelet runs here as wanted, and will again after a reboot.
set -eu
{% set daemon = "kubelet" %}
{% set needed = ["containerd", "kube-apiserver"] if host == cluster.control_plane else ["containerd"] %}
{% set settings = ["Delegate=yes", "KillMode=process"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/lib/kubeconfig.inc.sh" %}

{% include "modern/nodes/kubelet.inc.sh" %}

holds /etc/kubernetes/kubelet.kubeconfig "$(kubeconfig_text kubelet-client system:node:{{ host.name }})"
holds /etc/kubernetes/kubelet.yaml "$(config_text)"
holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
