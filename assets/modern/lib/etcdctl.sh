ask_etcd() {
    {{ bin }}/etcdctl --endpoints={{ endpoints }} --cacert={{ pki }}/etcd-ca.crt \
        --cert={{ pki }}/etcd-client.crt --key={{ pki }}/etcd-client.key \
        --dial-timeout=2s --command-timeout=3s "$@"
}
