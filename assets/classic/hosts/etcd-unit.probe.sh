# Whether the etcd member of this host runs as wanted.
set -eu
{% set daemon = "etcd" %}
{% set line = etcd_line(host) %}
{% set supervisor = "systemd" %}
{% set settings = etcd_settings %}
set --
{% include "classic/lib/supervised.sh" %}

as_wanted "$@" || exit 1
echo "etcd runs as process $(main_pid)"
