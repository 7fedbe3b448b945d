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

{% if supervisor == "nohup" %}
{# It listens before its own beginnings are over, and ends where one of them fails, as when etcd changes
   its leader then. Nothing would start it again, so it is up when it says that it is well. #}
{% set well = "http://127.0.0.1:8080/healthz" %}
{% set patience = 150 %}
{% include "classic/lib/fetch.sh" %}

{% endif %}
{% include "classic/lib/listens.sh" %}

{% include "classic/lib/start.sh" %}
