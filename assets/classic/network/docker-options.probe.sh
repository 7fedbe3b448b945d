# Whether docker's drop-in holds the subnet and the MTU of flannel's lease.
set -eu
{% include "classic/network/docker-options.inc.sh" %}

lease >/dev/null || {
    echo "there is no lease of flannel on this host"
    exit 1
}
if [ "$(cat "$drop_in" 2>/dev/null)" != "$(wanted)" ]; then
    echo "docker's options do not hold the subnet $FLANNEL_SUBNET"
    exit 1
fi
echo "docker's options hold the subnet $FLANNEL_SUBNET"
