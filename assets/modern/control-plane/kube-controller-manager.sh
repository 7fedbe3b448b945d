# Starts kube-controller-manager, which makes what is there into what is wanted. It listens on the
# host's own loopback only.
set -eu
{% set daemon = "kube-controller-manager" %}
{% set needed = ["kube-apiserver"] %}
{% set settings = [] %}
{% set held = ["kube-controller-manager.crt"] %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% set server = own_api(host) %}
{% include "modern/lib/kubeconfig.inc.sh" %}

put /etc/kubernetes/kube-controller-manager.kubeconfig 600 "$(kubeconfig_text kube-controller-manager system:kube-controller-manager)"
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
