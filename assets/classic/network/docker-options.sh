# Gives docker the subnet and the MTU that flannel leased: --bip and --mtu, as the article does, but
# in a drop-in of our own instead of in the unit under /lib. docker takes it at its next start.
set -eu
{% include "classic/lib/say.sh" %}

{% include "classic/network/docker-options.inc.sh" %}

lease || fail "there is no lease of flannel on this host"
if grep -q -e '"bip"' -e '"mtu"' /etc/docker/daemon.json 2>/dev/null; then
    fail "/etc/docker/daemon.json sets bip or mtu, and docker does not start when an option is given twice: remove it there"
fi
text=$(wanted) || fail "docker.service has no ExecStart to add the subnet to"
if [ "$(cat "$drop_in" 2>/dev/null)" != "$text" ]; then
    mkdir -p "${drop_in%/*}"
    printf '%s\n' "$text" >"$drop_in.new"
    mv -f "$drop_in.new" "$drop_in"
fi
systemctl daemon-reload
sed -n '/^ExecStart=./p' "$drop_in"
