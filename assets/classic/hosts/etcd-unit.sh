# Starts the etcd member of this host as a unit of systemd. Its data is in /var/lib/etcd.
set -eu
{% set daemon = "etcd" %}
{% set line = etcd_line(host) %}
{% set supervisor = "systemd" %}
{% set settings = etcd_settings %}
{% set port = 2379 %}
{% include "classic/lib/say.sh" %}

[ -x /usr/bin/etcd ] || fail "/usr/bin/etcd is missing: name etcd.binaries in the cluster file"
mkdir -p /var/lib/etcd
chmod 700 /var/lib/etcd
printf '%s\n' {{ cluster.name | q }} >/var/lib/etcd/kwizard-cluster

set --
{% include "classic/lib/supervised.sh" %}

{% include "classic/lib/listens.sh" %}

{% include "classic/lib/start.sh" %}
