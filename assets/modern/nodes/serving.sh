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
# A kubelet that was refused asks again after ever longer pauses; one cut off from etcd's leader, or a
# controller manager that signs nothing for a while, is no reason to give up.
seconds_up() {
    read -r seconds rest </proc/uptime
    : "$rest"
    echo "${seconds%.*}"
}
give_up_at=$(($(seconds_up) + 180))
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
    [ "$(seconds_up)" -lt "$give_up_at" ] || fail "no certificate to answer with was asked for as it should be by:$missing"
    sleep 0.3
done
admin --namespace=kube-system delete secret --selector=kwizard=join --ignore-not-found
echo "every kubelet answers under its own name: $all"
