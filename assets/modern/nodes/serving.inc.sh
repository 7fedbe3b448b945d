# Name and address of each node, as the cluster file has them.
nodes() {
    cat <<'NODES'
{% for node in cluster.nodes %}
{{ node.name }} {{ node.address }}
{% endfor %}
NODES
}

# The requests for such certificates nobody has decided on. A request may be called anything: those
# that are not called as a kubelet calls them are not looked at.
waiting() {
    admin get csr --field-selector=spec.signerName=kubernetes.io/kubelet-serving \
        -o 'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[*].type}{"\n"}{end}' |
        awk 'NF == 1 && $1 ~ /^csr-[a-z0-9]+$/ { print $1 }'
}

# What a request asks for, as kubectl reads it: all lines from the subject on, one blank between words.
asked() {
    admin describe csr "$1" --show-events=false |
        awk '/^Subject:/ { on = 1 } on && NF { $1 = $1; print }'
}

# And what it has to be, to the letter: NAME ADDRESS.
allowed() {
    cat <<ALLOWED
Subject:
Common Name: system:node:$1
Serial Number:
Organization: system:nodes
Subject Alternative Names:
DNS Names: $1
IP Addresses: $2
ALLOWED
}

# Whether a request may be approved; says so, or why not, once.
judged=' '
judge() {
    case $judged in *" $1 "*) return 1 ;; esac
    judged="$judged$1 "
    user=$(admin get csr "$1" -o 'jsonpath={.spec.username}')
    address=$(nodes | awk -v user="$user" '"system:node:" $1 == user { print $2 }')
    if [ -z "$address" ]; then
        echo "not approved: $1 is not of a node in the cluster file but of $user"
        return 1
    fi
    if [ "$(asked "$1")" != "$(allowed "${user#system:node:}" "$address")" ]; then
        echo "not approved: $1 of $user asks for other names than its host has:" \
            "$(asked "$1" | tr '\n' ' ')"
        return 1
    fi
    echo "approved: $1 of $user, for $address"
}
