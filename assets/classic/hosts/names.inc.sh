wanted() {
    cat <<'HOSTS'
# kwizard: hosts of {{ cluster.name }}
{% for other in cluster.hosts %}
{{ other.address }} {{ other.name }}
{% endfor %}
# kwizard: end
HOSTS
}
