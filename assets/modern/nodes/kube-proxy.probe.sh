# Whether kube-proxy runs here as wanted, and will again after a reboot.
set -eu
{% set daemon = "kube-proxy" %}
{% set needed = (["kube-apiserver"] if "control-plane" in host.roles else []) + ([gateway] if gateway else []) %}
{% set settings = failover %}
{% set held = ["kube-proxy.crt"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/lib/kubeconfig.inc.sh" %}

{% include "modern/nodes/kube-proxy.inc.sh" %}

holds /etc/kubernetes/kube-proxy.kubeconfig "$(kubeconfig_text kube-proxy system:kube-proxy)"
holds /etc/kubernetes/kube-proxy.yaml "$(config_text)"
holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
