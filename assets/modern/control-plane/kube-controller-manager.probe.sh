# Whether kube-controller-manager runs here as wanted, and will again after a reboot.
set -eu
{% set daemon = "kube-controller-manager" %}
{% set needed = ["kube-apiserver"] %}
{% set settings = [] %}
{% set held = ["kube-controller-manager.crt"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% set server = own_api(host) %}
{% include "modern/lib/kubeconfig.inc.sh" %}

holds /etc/kubernetes/kube-controller-manager.kubeconfig "$(kubeconfig_text kube-controller-manager system:kube-controller-manager)"
holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
