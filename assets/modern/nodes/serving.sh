# Approves the certificates that kubelets answer with (for logs and exec): only what a node asks for
# itself, and only for the name and the address its host has in the cluster file. Whatever else waits
# is left alone and told of. When every kubelet answers, the token they joined with is taken away.
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/lib/kubectl.sh" %}

{% include "modern/nodes/serving.inc.sh" %}

# Whether the API server reaches the kubelet of a node, and believes its certificate.
answers() {
    [ "$(admin get --raw "/api/v1/nodes/$1/proxy/healthz" 2>/dev/null)" = ok ]
}

all='{{ cluster.nodes | map(attribute="name") | words }}'
missing=$all
tries=0
while :; do
    for request in $(waiting); do
        judge "$request" || continue
        admin certificate approve "$request" >/dev/null
    done
    left=''
    for name in $missing; do
        answers "$name" || left="$left $name"
    done
    missing=$left
    [ -n "$missing" ] || break
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail "no certificate to answer with was asked for as it should be by:$missing"
    sleep 0.3
done
admin --namespace=kube-system delete secret --selector=kwizard=join --ignore-not-found
echo "every kubelet answers under its own name: $all"
