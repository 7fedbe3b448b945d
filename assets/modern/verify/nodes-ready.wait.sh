# Whether every node is Ready; says which are not.
set -eu
{% include "modern/lib/monitor.sh" %}

if ! nodes=$(look get nodes --no-headers); then
    echo "the API does not tell of its nodes"
    exit 1
fi
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
