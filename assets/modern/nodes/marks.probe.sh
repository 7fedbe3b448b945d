# Whether nodes have the labels and taints of the cluster file.
set -eu
{% include "modern/lib/monitor.sh" %}

labelled() {
    if [ -z "$(look get nodes --field-selector="metadata.name=$1" --selector="$2" -o name)" ]; then
        echo "$1 lacks one of the labels $2"
        exit 1
    fi
}
tainted() {
    taints=$(look get node "$1" -o 'jsonpath={range .spec.taints[*]}{.key}={.value}:{.effect}{"\n"}{end}') || taints=''
    if ! printf '%s\n' "$taints" | grep -qxF "$2"; then
        echo "$1 lacks the taint $2"
        exit 1
    fi
}
{% for node in cluster.nodes %}
{% if node.labels %}
labelled {{ node.name }} {{ node.labels | join(",") }}
{% endif %}
{% for taint in node.taints %}
{# A taint without a value is shown with an empty one. #}
tainted {{ node.name }} {{ taint if "=" in taint else taint | replace(":", "=:") }}
{% endfor %}
{% endfor %}
echo "the nodes have their labels and taints"
