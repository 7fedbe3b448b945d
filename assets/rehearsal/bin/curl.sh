#!/bin/sh
# Stands in for curl: asks the pretend daemons of this rehearsal, and nobody else.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/etcd.sh
. /usr/lib/rehearsal/kubernetes.sh

url='' fail='' silent='' show='' output=''
while [ "$#" -gt 0 ]; do
    case $1 in
    --noproxy | -m | --max-time | --connect-timeout | -H | --header | -X) shift ;;
    -o | --output) output=$2 && shift ;;
    --fail) fail=yes ;;
    --silent) silent=yes ;;
    --show-error) show=yes ;;
    --*) ;;
    -*)
        case $1 in *f*) fail=yes ;; esac
        case $1 in *s*) silent=yes ;; esac
        case $1 in *S*) show=yes ;; esac
        case $1 in *m) shift ;; esac
        ;;
    *) url=$1 ;;
    esac
    shift
done
[ -z "$output" ] || exec >"$output"

# refuse STATUS TEXT
refuse() {
    [ -n "$silent" ] && [ -z "$show" ] || echo "curl: ($1) $2" >&2
    exit "$1"
}

rest=${url#http://}
where=${rest%%/*}
path=/${rest#"$where"}
path=/${path#//}
address=${where%:*}
port=${where##*:}
[ "$port" != "$where" ] || port=80
host_of "$address" >/dev/null || refuse 6 "Could not resolve host: $address"
service=$(service_at "$address" "$port") ||
    refuse 7 "Failed to connect to $address port $port: Connection refused"

missing() {
    [ -z "$fail" ] || refuse 22 "The requested URL returned error: $1"
    echo "$2"
    exit 0
}

case $service-$path in
etcd-/health)
    if etcd_quorum; then echo '{"health":"true"}'; else missing 503 '{"health":"false"}'; fi
    ;;
etcd-/version) echo '{"etcdserver":"3.4.23","etcdcluster":"3.4.0"}' ;;
etcd-/v2/keys*)
    etcd_speaks_v2 "$address" || missing 404 "404 page not found"
    echo '{"action":"get","node":{"dir":true}}'
    ;;
kube*-/healthz) printf ok ;;
kube-apiserver-/version) echo '{"gitVersion": "rehearsal"}' ;;
kube-apiserver-/api/v1/nodes*) nodes_json ;;
kube-apiserver-/api/v1/componentstatuses*) components_json ;;
*) missing 404 "404 page not found" ;;
esac
