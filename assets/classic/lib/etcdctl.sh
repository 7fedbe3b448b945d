# etcdctl, from where it is: on this host, or in a container of etcd here. Without a quorum it would
# hang for long.
container=''
if ! command -v etcdctl >/dev/null 2>&1; then
    container=$(docker ps --format '{% raw %}{{.Names}} {{.Image}}{% endraw %}' 2>/dev/null | awk '/etcd/ { print $1; exit }')
fi
etcdctl_{{ flannel_api }}() {
    if [ -z "$container" ]; then
        ETCDCTL_API={{ flannel_api }} timeout 5 etcdctl --endpoints={{ endpoints | join(",") }} "$@"
    else
        timeout 5 docker exec -e ETCDCTL_API={{ flannel_api }} "$container" \
            etcdctl --endpoints={{ endpoints | join(",") }} "$@"
    fi
}
