# Asks the API server, the controller manager, the scheduler and every member of etcd whether they are
# well, each by itself and with the certificate of somebody who can only look. Changes nothing.
set -u
{% include "section.inc.sh" %}

# kubectl keeps a cache below $HOME and would make it: /proc is a home where nothing can be made.
healthy() {
    HOME=/proc within 15 /usr/local/bin/kubectl --kubeconfig='{{ kubeconfig }}' --server="$1" get --raw "$2"
}
member() {
    within 10 /usr/local/bin/etcdctl --endpoints="$1" endpoint health --dial-timeout=2s --command-timeout=5s \
        --cacert='{{ pki }}/etcd-ca.crt' --cert='{{ pki }}/etcd-client.crt' --key='{{ pki }}/etcd-client.key'
}

# The table people know, for its place beside the true checks: it costs an answer, and is none.
listed() {
    HOME=/proc within 10 /usr/local/bin/kubectl --kubeconfig='{{ kubeconfig }}' --server="$1" get componentstatuses -o json
}

section component/kube-apiserver healthy '{{ server }}' '/readyz?verbose'
if [ "$status" -eq 0 ]; then
    section listed quiet listed '{{ server }}'
fi
section component/kube-controller-manager healthy https://127.0.0.1:10257 /healthz
section component/kube-scheduler healthy https://127.0.0.1:10259 /healthz
{% for name, endpoint in etcd.items() %}
section component/etcd-{{ name }} member '{{ endpoint }}'
{% endfor %}
