# Whether every node is registered and Ready.
set -eu
nodes=$(timeout 5 kubectl -s http://127.0.0.1:8080 get nodes 2>&1) || {
    echo "kubectl: $(printf '%s\n' "${nodes:-no answer within 5 s}" | tail -n 1)"
    exit 1
}
ready() {
    printf '%s\n' "$nodes" | awk -v node="$1" '
        $1 == node && ($2 == "Ready" || $2 ~ /^Ready,/) { found = 1 }
        END { exit !found }'
}
missing=''
{% for node in cluster.nodes %}
ready {{ node.name | q }} || missing="$missing {{ node.name }}"
{% endfor %}
if [ -n "$missing" ]; then
    echo "not Ready yet:$missing"
    exit 1
fi
echo "{{ cluster.nodes | length }} of {{ cluster.nodes | length }} nodes are Ready"
