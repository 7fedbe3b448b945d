# The kubelet keeps a certificate with its key in one file, and puts a new one in its place in time.
# Whether the kubelet has a certificate of its own; one older than a year has ended.
is_joined() {
    [ -s {{ own_client }} ] && [ -z "$(find -L {{ own_client }} -mtime +364)" ]
}

# How the kubelet reaches the API: as itself, and before it has a certificate, by the token.
identity_text() {
    kubeconfig_text kubelet-client system:node:{{ host.name }} |
        sed "s|: {{ pki }}/kubelet-client\\..*|: {{ own_client }}|"
}
bootstrap_text() {
    kubeconfig_text kubelet-client kubelet-bootstrap | sed \
        -e "s|client-certificate: .*|token: $(cat "$KWIZARD_JOB_DIR/bootstrap-token")|" \
        -e '/client-key: /d'
}

# What its certificates were given to it by, and for which name.
member_text() {
    echo system:node:{{ host.name }}
    cat {{ pki }}/ca.crt
}
