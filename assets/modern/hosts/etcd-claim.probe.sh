# Whether the etcd that was there already is marked as this cluster's.
set -eu
{% include "modern/lib/etcdctl.sh" %}

held=$(ask_etcd get --print-value-only /kwizard/cluster 2>/dev/null) || held=''
if [ "$held" != {{ cluster.name }} ]; then
    echo "the key /kwizard/cluster in etcd is '$held'"
    exit 1
fi
echo "this etcd is of {{ cluster.name }}"
