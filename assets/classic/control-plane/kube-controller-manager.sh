# Starts kube-controller-manager, which makes what is there into what is wanted. It signs service
# account tokens with the key that kube-apiserver wrote at its first start.
set -eu
{% set daemon = "kube-controller-manager" %}
{% set line = command(daemon, host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = [] %}
{% set port = 10252 %}
{% include "classic/lib/say.sh" %}

set --

{% include "classic/lib/supervised.sh" %}

{% include "classic/lib/listens.sh" %}

[ -r /var/run/kubernetes/apiserver.key ] ||
    fail "/var/run/kubernetes/apiserver.key is not there: kube-apiserver has not been up on this host"

{% include "classic/lib/start.sh" %}
