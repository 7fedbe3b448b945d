# Starts kube-scheduler, which decides where pods run. It listens on the host's own loopback only.
set -eu
{% set daemon = "kube-scheduler" %}
{% set needed = ["kube-apiserver"] %}
{% set settings = [] %}
{% set held = ["kube-scheduler.crt"] %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% set server = own_api(host) %}
{% include "modern/lib/kubeconfig.inc.sh" %}

put /etc/kubernetes/kube-scheduler.kubeconfig 600 "$(kubeconfig_text kube-scheduler system:kube-scheduler)"
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
