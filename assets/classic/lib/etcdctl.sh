# etcdctl, from where it is: on this host, or in a container of etcd here.
container=''
if ! command -v etcdctl >/dev/null 2>&1; then
    container=$(docker ps --format '{% raw %}{{.Names}} {{.Image}}{% endraw %}' 2>/dev/null | awk '/etcd/ { print $1; exit }')
fi
etcdctl_{{ flannel_api }}() {
    if [ -z "$container" ]; then
        ETCDCTL_API={{ flannel_api }} etcdctl --endpoints={{ endpoints | join(",") }} "$@"
    else
        docker exec -e ETCDCTL_API={{ flannel_api }} "$container" \
            etcdctl --endpoints={{ endpoints | join(",") }} "$@"
    fi
}
