# Whether every node is Ready.
set -eu
{% include "modern/lib/monitor.sh" %}

if ! nodes=$(look get nodes --no-headers); then
    echo "the API does not tell of its nodes"
    exit 1
fi
ready=$(printf '%s\n' "$nodes" | awk '$2 ~ /^Ready/ { n++ } END { print n + 0 }')
echo "$ready of {{ cluster.nodes | length }} nodes are Ready"
[ "$ready" -ge {{ cluster.nodes | length }} ]
