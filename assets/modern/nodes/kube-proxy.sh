# Starts kube-proxy, which carries service addresses to pods with rules of {{ cluster.proxy.mode }}.
set -eu
{% set daemon = "kube-proxy" %}
{% set needed = (["kube-apiserver"] if "control-plane" in host.roles else []) + ([gateway] if gateway else []) %}
{% set settings = failover %}
{% set held = ["kube-proxy.crt"] %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/lib/kubeconfig.inc.sh" %}

{% include "modern/nodes/kube-proxy.inc.sh" %}

put /etc/kubernetes/kube-proxy.kubeconfig 600 "$(kubeconfig_text kube-proxy system:kube-proxy)"
put /etc/kubernetes/kube-proxy.yaml 644 "$(config_text)"
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
