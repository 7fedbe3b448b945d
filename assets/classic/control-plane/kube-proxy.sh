# Starts kube-proxy, which carries service addresses to pods with rules of iptables.
set -eu
{% set daemon = "kube-proxy" %}
{% set line = command(daemon, host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = [] %}
{% set port = 10249 %}
{% include "classic/lib/say.sh" %}

{% include "classic/control-plane/kube-proxy.facts.sh" %}

{% include "classic/lib/supervised.sh" %}

{% include "classic/lib/listens.sh" %}

{% include "classic/lib/start.sh" %}
