# Gives nodes the labels and taints the cluster file has for their hosts. What a node has besides stays.
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/lib/kubectl.sh" %}

# A kubelet was just started: its node may not be there yet.
known() {
    tries=0
    until admin get node "$1" -o name >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || fail "the API knows of no node $1"
        sleep 0.5
    done
}
{% for node in cluster.nodes if node.labels or node.taints %}

known {{ node.name }}
{% if node.labels %}
admin label --overwrite node {{ node.name }} {{ node.labels | words }}
{% endif %}
{% if node.taints %}
admin taint --overwrite node {{ node.name }} {{ node.taints | words }}
{% endif %}
{% endfor %}
