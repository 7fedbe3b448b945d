# Whether kube-scheduler runs here as wanted, and will again after a reboot.
set -eu
{% set daemon = "kube-scheduler" %}
{% set needed = ["kube-apiserver"] %}
{% set settings = [] %}
{% set held = ["kube-scheduler.crt"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% set server = own_api(host) %}
{% include "modern/lib/kubeconfig.inc.sh" %}

holds /etc/kubernetes/kube-scheduler.kubeconfig "$(kubeconfig_text kube-scheduler system:kube-scheduler)"
holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
