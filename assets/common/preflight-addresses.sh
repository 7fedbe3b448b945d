# --- addresses
carrier=$(ip -o -4 addr show to {{ host.address }} | awk 'NR == 1 { print $2 }')
if [ -z "$carrier" ]; then
    problem "no interface of this host carries {{ host.address }}"
else
    echo "{{ host.address }} is on $carrier"
fi
[ "$(uname -n)" = {{ host.name | q }} ] ||
    echo "note: this host calls itself $(uname -n); as a node it will be called" {{ host.name | q }}
# Asked twice, since the first packet may be lost to a neighbour that is only just being found.
answers() {
    ! command -v ping >/dev/null 2>&1 || ping -c 1 -W 2 "$1" >/dev/null 2>&1 ||
        ping -c 1 -W 2 "$1" >/dev/null 2>&1
}
{% for other in cluster.hosts if other != host %}
answers {{ other.address }} || problem "{{ other.name }} ({{ other.address }}) does not answer a ping from here"
{% endfor %}
{% if cluster.network.backend == "host-gw" %}
# host-gw names the other hosts as gateways, so no router may be between them.
{% for other in cluster.hosts if other != host %}
via=$(ip -4 route get {{ other.address }} 2>/dev/null | sed -n 's/.* via \([0-9.]*\) .*/\1/p')
[ -z "$via" ] || problem "{{ other.name }} is reached through the router $via, and flannel's host-gw needs all hosts in one network: take vxlan"
{% endfor %}
{% endif %}

# A network this host is in itself must not lie where flannel leases subnets: the lease would take
# the other hosts' routes over.
number() {
    echo "$1" | awk -F . '{ printf "%.0f", (($1 * 256 + $2) * 256 + $3) * 256 + $4 }'
}
first=$(number {{ lease_first }})
last=$(number {{ lease_last }})
routes=$(ip -4 route show scope link | awk '{ for (i = 1; i < NF; i++) if ($i == "dev") print $1, $(i + 1) }')
while read -r network device; do
    case $device in '' | {{ "docker0 | " | own if cluster.recipe == "classic" }}flannel* | cni* | veth* | br-*) continue ;; esac
    bits=${network#*/}
    [ "$bits" != "$network" ] || bits=32
    low=$(number "${network%/*}")
    size=1
    left=$((32 - bits))
    while [ "$left" -gt 0 ]; do
        size=$((size * 2))
        left=$((left - 1))
    done
    if [ "$low" -le "$last" ] && [ "$((low + size - 1))" -ge "$first" ]; then
        problem "this host's own network $network on $device lies in {{ lease_first }} to {{ lease_last }}, where flannel would lease subnets: take another network.pods"
    fi
done <<ROUTES
$routes
ROUTES

# --- ports, and other installations
sockets=$(ss -lntup 2>/dev/null)
holder() {
    printf '%s\n' "$sockets" | awk -v protocol="$1" -v port=":$2" '
        $1 == protocol && substr($5, length($5) - length(port) + 1) == port {
            if (match($0, /"[^"]*"/)) print substr($0, RSTART + 1, RLENGTH - 2); else print "the kernel"
            exit
        }'
}
