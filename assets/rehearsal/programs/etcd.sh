#!/bin/sh
# Stands in for etcd: a member that is healthy while more than half of its cluster runs.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/etcd.sh

say() { printf '%s %s | %s\n' "$(date '+%Y-%m-%d %H:%M:%S.000000')" "$1" "$2" >&2; }

name=default members='' v2=${ETCD_ENABLE_V2:-false} data=''
while [ "$#" -gt 0 ]; do
    case $1 in
    --version)
        printf '%s\n' "etcd Version: $(echo @VERSION@ | tr -d v)" "Git SHA: rehearsal" "Go OS/Arch: linux"
        exit 0
        ;;
    --name=*) name=${1#*=} ;;
    --data-dir=*) data=${1#*=} ;;
    --initial-cluster=*) members=${1#*=} ;;
    --enable-v2 | --enable-v2=true) v2=true ;;
    --listen-*-urls=* | --advertise-client-urls=* | --initial-*=* | --logger=* | --log-*=*) ;;
    *)
        echo "flag provided but not defined: $1" >&2
        exit 2
        ;;
    esac
    shift
done

live || die "another etcd runs as this process"
shown=etcd
[ -z "${CONTAINER:-}" ] || shown=docker-proxy
for port in 2379 2380; do
    listen tcp "$port" 0.0.0.0 "$shown" etcd || {
        say C "etcdmain: listen tcp 0.0.0.0:$port: bind: address already in use"
        exit 1
    }
done
[ -z "$data" ] || [ -n "${CONTAINER:-}" ] || mkdir -p "$data"
mkdir -p "$ETCD/v2-at"
if [ "$v2" = true ]; then : >"$ETCD/v2-at/$HOST_NAME"; else rm -f "$ETCD/v2-at/$HOST_NAME"; fi
echo "${members:-$name=http://$HOST_ADDRESS:2380}" | tr , '\n' |
    sed -n 's#^\([^=]*\)=http[s]*://\([^:/]*\):.*#\1 \2#p' >"$ETCD/members.$$"
mv "$ETCD/members.$$" "$ETCD/members"
say I "etcdmain: etcd Version: @VERSION@"
say I "embed: name = $name"
pause 1
until etcd_quorum; do
    say W "rafthttp: waiting for the other members"
    daemon_sleep 0.3
done
say I "raft: $name elected a leader"
say I "embed: ready to serve client requests"
[ -z "${READY:-}" ] || : >"$READY"
stay
