# Starts kube-apiserver, which everything else talks to: on port 8080 without a password, as the
# article has it. Whoever reaches that port owns the cluster, so it belongs on a network of your own.
{% if cluster.supervisor == "nohup" %}
# Log: /var/log/kube-apiserver.log. Nothing starts it again after a reboot.
{% endif %}
set -eu
{% set daemon = "kube-apiserver" %}
{% set line = command(daemon, host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = [] %}
{% set port = 8080 %}
{% include "classic/lib/say.sh" %}

{% include "classic/control-plane/kube-apiserver.facts.sh" %}

{% include "classic/lib/supervised.sh" %}

{% include "classic/lib/listens.sh" %}

{% include "classic/lib/start.sh" %}
