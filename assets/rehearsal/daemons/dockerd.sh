#!/bin/sh
# Stands in for dockerd: has a bridge, keeps containers.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/docker.sh

bip=172.17.0.1/16 mtu=1500
while [ "$#" -gt 0 ]; do
    case $1 in
    --bip=*) bip=${1#*=} ;;
    --bip | --mtu | -H | --host | --containerd)
        case $1 in --bip) bip=$2 ;; --mtu) mtu=$2 ;; esac
        shift
        ;;
    --mtu=*) mtu=${1#*=} ;;
    --version)
        echo "Docker version 20.10.24+rehearsal, build 0000000"
        exit 0
        ;;
    --host=* | --containerd=* | --exec-opt=* | --storage-driver=* | --iptables=*) ;;
    *) die "unknown flag: $1" ;;
    esac
    shift
done

say() { echo "level=info msg=\"$1\""; }

live || die "failed to start daemon: another dockerd runs"
mkdir -p "$IMAGES" "$CONTAINERS" "$DAEMON"
say "Starting up"
pause 1.2
echo "$bip" >"$DAEMON/bip"
echo "$mtu" >"$DAEMON/mtu"
echo "$PROGRAM" >"$DAEMON/pid"
printf '%s\n' DOCKER >"$STATE/docker-chains"
publish_network

# Containers are stopped with dockerd, and are given other addresses when they come again.
finish() {
    for container in "$CONTAINERS"/*; do
        [ -d "$container" ] || break
        ! container_runs "$container" || container_stop "$container"
    done
    rm -f "$DAEMON/pid" "$SHARED/network/$HOST_NAME"
    say "Daemon shutdown complete"
    exit 0
}
trap finish TERM INT

for container in "$CONTAINERS"/*; do
    [ -d "$container" ] || break
    rm -f "$container/pid" "$container/address"
done
for container in "$CONTAINERS"/*; do
    [ -d "$container" ] || break
    case $(cat "$container/restart") in
    always) [ -e "$container/stopped" ] || container_start "$container" ;;
    esac
done
say "API listen on /run/docker.sock"
[ -z "${READY:-}" ] || : >"$READY"
stay
