#!/bin/sh
# The power supply of one practice host: starts it, and starts it again whenever it reboots.
# It lives in the host's own cgroups, so a power cut takes it along; it ends when the host powers off.
#
# Environment: LAB_NETNS, LAB_HOST, LAB_MACHINE (a name unique on this machine), LAB_DIR (the host's
# directory), LAB_POWER_CGROUPS and LAB_HOST_CGROUPS (directories to enter, one a line).
set -eu

# Enter the cgroups named in $1, then become the rest.
# shellcheck disable=SC2016 # expanded by the shell it is given to
enter='for group in $1; do echo $$ >"$group/cgroup.procs"; done; shift; exec "$@"'

for group in $LAB_POWER_CGROUPS; do
    echo $$ >"$group/cgroup.procs"
done

# Plug the lab's end of a cable ($1) into a bridge ($2), once nspawn has made it.
plug() {
    tries=0
    while [ ! -e "/proc/$nspawn/root" ] || ! ip -n "$LAB_NETNS" link set "$1" master "$2" 2>/dev/null; do
        tries=$((tries + 1))
        if [ $tries -gt 400 ] || ! kill -0 "$nspawn" 2>/dev/null; then
            echo "power: no cable $1 appeared" >&2
            return 0
        fi
        sleep 0.05
    done
    if [ -s "$LAB_DIR/settings/$1.rate" ]; then
        tc -n "$LAB_NETNS" qdisc replace dev "$1" root tbf \
            rate "$(cat "$LAB_DIR/settings/$1.rate")" burst 32kb latency 400ms
    fi
    if [ ! -e "$LAB_DIR/settings/$1.cut" ]; then
        ip -n "$LAB_NETNS" link set "$1" up
    fi
}

export SYSTEMD_NSPAWN_API_VFS_WRITABLE=yes
while :; do
    # The kernel takes a dead host's cables away in its own time.
    for link in "vb-$LAB_HOST" "vc-$LAB_HOST"; do
        ip -n "$LAB_NETNS" link delete "$link" 2>/dev/null || :
    done
    sh -c "$enter" enter "$LAB_HOST_CGROUPS" \
        nsenter "--net=/run/netns/$LAB_NETNS" -- \
        systemd-nspawn --quiet --directory="$LAB_DIR/root" --machine="$LAB_MACHINE" \
        --hostname="$LAB_HOST" --boot --register=no --keep-unit \
        --network-veth-extra="vb-$LAB_HOST:host0" --network-veth-extra="vc-$LAB_HOST:host1" \
        --capability=all --system-call-filter=@known \
        --resolv-conf=off --timezone=off --link-journal=no \
        --bind=/dev/net/tun --bind=/dev/kmsg \
        --bind="$LAB_DIR/disk/docker:/var/lib/docker" \
        --bind="$LAB_DIR/disk/containerd:/var/lib/containerd" \
        --bind="$LAB_DIR/disk/kubelet:/var/lib/kubelet" \
        --bind="$LAB_DIR/disk/etcd:/var/lib/etcd" </dev/null &
    nspawn=$!
    plug "vb-$LAB_HOST" br0
    plug "vc-$LAB_HOST" br1
    status=0
    wait "$nspawn" || status=$?
    # With --keep-unit a guest's reboot ends nspawn with 133.
    [ "$status" -eq 133 ] || exit "$status"
done
