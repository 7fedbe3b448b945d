# Whether kube-scheduler runs here with the wanted command line, and will again after a reboot where
# systemd keeps it.
set -eu
{% set daemon = "kube-scheduler" %}
{% set line = command(daemon, host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = [] %}
set --

{% include "classic/lib/supervised.sh" %}

as_wanted "$@" || exit 1
echo "kube-scheduler runs as process $(main_pid)"
