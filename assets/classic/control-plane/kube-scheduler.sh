# Starts kube-scheduler, which decides where pods run.
set -eu
{% set daemon = "kube-scheduler" %}
{% set line = command(daemon, host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = [] %}
{% set port = 10251 %}
{% include "classic/lib/say.sh" %}

set --

{% include "classic/lib/supervised.sh" %}

{% include "classic/lib/listens.sh" %}

{% include "classic/lib/start.sh" %}
