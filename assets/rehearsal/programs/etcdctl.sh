#!/bin/sh
# Stands in for etcdctl, for both APIs.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/etcd.sh

api=${ETCDCTL_API:-3}
endpoints=http://127.0.0.1:2379 value_only='' prefix='' keys_only='' words=0
for argument in "$@"; do
    shift
    case $argument in
    --version)
        echo "etcdctl version: $(echo @VERSION@ | tr -d v)"
        exit 0
        ;;
    --endpoints=* | --endpoint=* | -C=*) endpoints=${argument#*=} ;;
    --print-value-only) value_only=yes ;;
    --prefix) prefix=yes ;;
    --keys-only) keys_only=yes ;;
    --*) ;;
    *)
        words=$((words + 1))
        set -- "$@" "$argument"
        ;;
    esac
done

refused() {
    case $api in
    2) die "Error:  client: etcd cluster is unavailable or misconfigured; error #0: dial tcp: connect: connection refused" ;;
    *) die "Error: context deadline exceeded" ;;
    esac
}

case "${1:-} ${2:-}" in
'version ')
    echo "etcdctl version: $(echo @VERSION@ | tr -d v)"
    exit 0
    ;;
'cluster-health '* | 'endpoint health')
    status=0
    for endpoint in $(echo "$endpoints" | tr , ' '); do
        # shellcheck disable=SC2046 # two words
        if etcd_healthy $(endpoint_parts "$endpoint"); then
            echo "$endpoint is healthy: successfully committed proposal: took = 2.0ms"
        else
            echo "$endpoint is unhealthy: failed to commit proposal: context deadline exceeded" >&2
            status=1
        fi
    done
    exit "$status"
    ;;
esac

usable=$(etcd_usable "$endpoints") || refused
if [ "$api" = 2 ]; then
    # shellcheck disable=SC2046 # two words
    set -- "$(endpoint_parts "$usable")" "$@"
    etcd_speaks_v2 "${1%% *}" ||
        die "Error:  client: response is invalid json. The endpoint is probably not valid etcd cluster endpoint."
    shift
fi
case "$api ${1:-}" in
'2 get')
    etcd_get 2 "$2" || {
        echo "Error:  100: Key not found (/${2#/}) [4]" >&2
        exit 4
    }
    ;;
'2 set' | '2 mk')
    etcd_put 2 "$2" "$3"
    echo "$3"
    ;;
'2 rm') rm -f "$(etcd_file 2 "$2")" ;;
'2 ls') etcd_keys 2 "${2:-/}" ;;
'3 get')
    if [ -n "$prefix" ]; then
        etcd_keys 3 "$2" | while IFS= read -r key; do
            [ -n "$value_only" ] || echo "$key"
            [ -n "$keys_only" ] || etcd_get 3 "$key"
        done
    elif value=$(etcd_get 3 "$2"); then
        [ -n "$value_only" ] || echo "$2"
        echo "$value"
    fi
    ;;
'3 put')
    etcd_put 3 "$2" "$3"
    echo OK
    ;;
'3 del')
    if [ -e "$(etcd_file 3 "$2")" ]; then echo 1; else echo 0; fi
    rm -f "$(etcd_file 3 "$2")"
    ;;
*' member')
    while read -r member_name member_host; do
        echo "$(printf '%s' "$member_name" | cksum | cut -d ' ' -f 1), started, $member_name, http://$member_host:2380, http://$member_host:2379, false"
    done <"$ETCD/members"
    ;;
*) die "Error: unknown command \"${1:-}\" for \"etcdctl\"" ;;
esac
