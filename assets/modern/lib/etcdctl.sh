ask_etcd() {
    if [ ! -s {{ pki }}/etcd-client.key ]; then
        echo "error: {{ pki }}/etcd-client.key is not on this host" >&2
        return 1
    fi
    {{ bin }}/etcdctl --endpoints={{ endpoints }} --cacert={{ pki }}/etcd-ca.crt \
        --cert={{ pki }}/etcd-client.crt --key={{ pki }}/etcd-client.key \
        --dial-timeout=2s --command-timeout=3s "$@"
}
