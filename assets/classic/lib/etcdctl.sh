# etcdctl, from where it is: this host, or the etcd container on it.
etcdctl_{{ flannel_api }}() {
    if command -v etcdctl >/dev/null 2>&1; then
        ETCDCTL_API={{ flannel_api }} etcdctl --endpoints={{ endpoints | join(",") }} "$@"
    else
        docker exec -e ETCDCTL_API={{ flannel_api }} etcd etcdctl --endpoints={{ endpoints | join(",") }} "$@"
    fi
}
