# Whether all members of etcd are healthy.
set -eu
{% include "modern/lib/etcdctl.sh" %}

if ! said=$(ask_etcd endpoint health 2>&1); then
    echo "$said" | grep -e unhealthy -e rror | head -n 1
    exit 1
fi
echo "every member of etcd is healthy"
