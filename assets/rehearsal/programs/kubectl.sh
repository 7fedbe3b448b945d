#!/bin/sh
# Stands in for kubectl: versions, component statuses and nodes, in the tables of its time.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/etcd.sh
. /usr/lib/rehearsal/kubernetes.sh
minor=$(echo @VERSION@ | cut -d . -f 2)

server=http://localhost:8080 output='' verb='' kind='' client=''
while [ "$#" -gt 0 ]; do
    case $1 in
    -s | --server) server=$2 && shift ;;
    -s=* | --server=*) server=${1#*=} ;;
    -o | --output) output=$2 && shift ;;
    -o=* | --output=*) output=${1#*=} ;;
    -ojson) output=json ;;
    -owide) output=wide ;;
    --client | --client=true | -c) client=yes ;;
    --no-headers | --request-timeout=* | --kubeconfig=* | --all-namespaces) ;;
    -*)
        echo "Error: unknown flag: $1" >&2
        exit 1
        ;;
    *) if [ -z "$verb" ]; then verb=$1; else kind=${kind:-$1}; fi ;;
    esac
    shift
done

if [ "$verb" = version ]; then
    echo "Client Version: version.Info{Major:\"1\", Minor:\"$minor\", GitVersion:\"@VERSION@\", GitCommit:\"rehearsal\"}"
    [ -z "$client" ] || exit 0
fi
where=${server#*://}
where=${where%/}
if [ "$(service_at "${where%:*}" "${where##*:}")" != kube-apiserver ]; then
    echo "The connection to the server $where was refused - did you specify the right host or port?" >&2
    exit 1
fi

age() {
    seconds=$(($(date +%s) - $(date -d "$1" +%s)))
    if [ "$seconds" -lt 120 ]; then echo "${seconds}s"; else echo "$((seconds / 60))m"; fi
}

components_table() {
    [ "$minor" -lt 19 ] || echo "Warning: v1 ComponentStatus is deprecated in v1.19+" >&2
    components | awk -F '\t' '
        BEGIN { printf "%-20s %-9s %-19s %s\n", "NAME", "STATUS", "MESSAGE", "ERROR" }
        { printf "%-20s %-9s %-19s \n", $1, $2, $3 }'
}

nodes_table() {
    if [ "$minor" -lt 6 ]; then
        printf '%-9s %-9s %s\n' NAME STATUS AGE
    else
        printf '%-9s %-10s %-8s %-6s %s\n' NAME STATUS ROLES AGE VERSION
    fi
    nodes | while read -r name created _ version ready; do
        status=NotReady
        [ "$ready" != True ] || status=Ready
        if [ "$minor" -lt 6 ]; then
            printf '%-9s %-9s %s\n' "$name" "$status" "$(age "$created")"
        else
            printf '%-9s %-10s %-8s %-6s %s\n' "$name" "$status" '<none>' "$(age "$created")" "$version"
        fi
    done
}

case "$verb $kind" in
'version '*) echo "Server Version: version.Info{Major:\"1\", Minor:\"$minor\", GitVersion:\"@VERSION@\"}" ;;
'get cs' | 'get componentstatus' | 'get componentstatuses')
    if [ "$output" = json ]; then components_json; else components_table; fi
    ;;
'get node' | 'get nodes' | 'get no')
    if [ "$output" = json ]; then nodes_json; else nodes_table; fi
    ;;
'get '*)
    echo "No resources found." >&2
    [ "$output" != json ] || echo '{"apiVersion": "v1", "kind": "List", "items": []}'
    ;;
'cluster-info '*) echo "Kubernetes master is running at $server" ;;
*)
    echo "Error: unknown command \"$verb\" for \"kubectl\"" >&2
    exit 1
    ;;
esac
