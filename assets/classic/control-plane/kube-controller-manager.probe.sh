# Whether kube-controller-manager runs here with the wanted command line, and will again after a reboot where
# systemd keeps it.
set -eu
{% set daemon = "kube-controller-manager" %}
{% set line = command(daemon, host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = [] %}
set --

{% include "classic/lib/supervised.sh" %}

as_wanted "$@" || exit 1
echo "kube-controller-manager runs as process $(main_pid)"
