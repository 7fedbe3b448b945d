# Whether kube-apiserver runs here with the wanted command line, and will again after a reboot where
# systemd keeps it.
set -eu
{% set daemon = "kube-apiserver" %}
{% set line = command(daemon, host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = [] %}
{% include "classic/control-plane/kube-apiserver.facts.sh" %}

{% include "classic/lib/supervised.sh" %}

as_wanted "$@" || exit 1
echo "kube-apiserver runs as process $(main_pid)"
