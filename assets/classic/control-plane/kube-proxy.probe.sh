# Whether kube-proxy runs here with the wanted command line, and will again after a reboot where
# systemd keeps it.
set -eu
{% set daemon = "kube-proxy" %}
{% set line = command(daemon, host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = [] %}
{% include "classic/control-plane/kube-proxy.facts.sh" %}

{% include "classic/lib/supervised.sh" %}

as_wanted "$@" || exit 1
echo "kube-proxy runs as process $(main_pid)"
