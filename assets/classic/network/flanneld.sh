# Starts flanneld, which leases this host a subnet and carries packets between the hosts' subnets.
#
# Its unit is not ordered before docker's: etcd is in docker, so after a power cut of all hosts each
# flanneld would wait for etcd, and each docker for its flanneld. docker needs no waiting, since the
# subnet stands in its options as a number and the lease is renewed.
set -eu
{% set daemon = "flanneld" %}
{% set line = flannel_line(host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = [] %}
{% include "classic/lib/say.sh" %}

[ -x /usr/bin/flanneld ] || fail "/usr/bin/flanneld is missing"
{% if cluster.network.backend == "udp" %}
[ -c /dev/net/tun ] || fail "flannel's udp backend needs /dev/net/tun, which is not on this host"
{% endif %}

set --
{% include "classic/lib/supervised.sh" %}

{% include "classic/network/lease.inc.sh" %}

# A lease of another network means that it read the key before this was changed.
lease >/dev/null || again=yes

is_up() {
    [ -n "$(find /run/flannel/subnet.env -newer /run/kwizard/flanneld.started 2>/dev/null)" ]
}

{% include "classic/lib/start.sh" %}
