# Tells flannel, through a key in etcd, the network it may lease from.
{% if limits %}
#
# SubnetMin and SubnetMax are not in the article. The pod network {{ cluster.network.pods }} contains
# {{ limits.avoided | words }}: once flannel leases a subnet the hosts live in,
# every other host replaces its own route there by one through the overlay, and within seconds no
# host reaches another.
{% endif %}
set -eu
{% include "classic/lib/say.sh" %}

{% include "classic/network/flannel-key.inc.sh" %}

[ -n "$container" ] || command -v etcdctl >/dev/null 2>&1 ||
    fail "there is no etcdctl on this host, and no container of etcd with one in it"
{% if lethal %}

# A lease of these left behind in etcd would do it too, and nobody who holds one can be using it.
{% for lease in lethal %}
if [ -n "$(value_of {{ lease }} || true)" ]; then
    delete {{ lease }}
    echo "removed the lease {{ lease }}, which would have cut the hosts off"
fi
{% endfor %}
{% endif %}

if [ "$(value_of {{ flannel_key }} || true)" = {{ flannel_config }} ]; then
    echo "{{ flannel_key }} is as wanted already"
    exit 0
fi
{% if flannel_api == 2 %}
# etcdctl set {{ flannel_key }} {{ flannel_config }}
{% else %}
# etcdctl put {{ flannel_key }} {{ flannel_config }}
{% endif %}
set_value {{ flannel_key }} {{ flannel_config }} || fail "etcd did not take flannel's key"
