# Tells what the ping matrix needs of this host: the bridge pods are on, and the pod made to ping from.
# Changes nothing.
set -u
{% include "section.inc.sh" %}

ctr() { within 10 /usr/local/bin/ctr --namespace k8s.io --timeout 5s "$@"; }

# Id, first process and address of every container of the pods made to ping from. The address is
# read inside the pod's own network.
containers() {
    ctr containers list -q 'labels."io.kubernetes.container.name"=={{ container }}' | head -n 20 |
        while IFS= read -r id; do
            pid=$(ctr tasks list | awk -v id="$id" '$1 == id && $3 == "RUNNING" { print $2 }')
            [ -n "$pid" ] || continue
            address=$(within 5 nsenter -t "$pid" -n ip -o -4 addr show dev eth0 | awk 'NR == 1 { sub("/.*", "", $4); print $4 }')
            [ -n "$address" ] && printf '%s %s {{ container }} %s\n' "$id" "$pid" "$address"
        done
}

section containers containers
section addresses within 5 ip -o -4 addr
section links within 5 ip -o link
