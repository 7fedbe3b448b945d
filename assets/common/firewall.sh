# Opens in firewalld what the hosts need from each other, where firewalld runs. Each port is opened
# once for now and once for good; the article's --reload is left out, since it is not needed then
# and it wipes the rules of kube-proxy, which notices only after up to 30 s.
set -eu
{% include cluster.recipe ~ "/lib/say.sh" %}

if ! command -v firewall-cmd >/dev/null 2>&1 || ! systemctl is-active --quiet firewalld.service; then
    echo "firewalld does not run on this host: nothing to open"
    if systemctl is-enabled --quiet firewalld.service 2>/dev/null; then
        echo "it is enabled, though: once it has started, run this installation again"
    fi
    exit 0
fi
{% include "common/firewall.inc.sh" %}
[ -n "$interface" ] || fail "no interface of this host carries {{ host.address }}"
zone=$(zone_of_interface)
{% if cluster.firewall.zone %}

if [ "$zone" != {{ cluster.firewall.zone | q }} ]; then
{% if cluster.firewall.move_interface %}
    firewall-cmd --zone={{ cluster.firewall.zone | q }} --change-interface="$interface"
    firewall-cmd --permanent --zone={{ cluster.firewall.zone | q }} --change-interface="$interface"
    zone={{ cluster.firewall.zone | q }}
{% else %}
    fail "the interface $interface is in firewalld's zone $zone, so opening ports in zone" \
        {{ cluster.firewall.zone | q }} "would have no effect: take firewall.zone: $zone, or set" \
        "firewall.move_interface"
{% endif %}
fi
{% endif %}
{% set ports = opened_ports(host) %}
{% if ports %}

{% if cluster.recipe == "classic" %}
# 8080 is the API, 10250 the kubelet (for logs and exec), 2379 and 2380 etcd, 8285 or 8472 of udp what
# flannel carries. etcd in docker needs none: docker's own rules let published ports in.
{% else %}
# 6443 is the API, 10250 the kubelet (for logs and exec), 2379 and 2380 etcd, 8285 or 8472 of udp what
# flannel carries. Everything else listens on this host's own loopback. Services on ports of the nodes
# need none: firewalld passes on what kube-proxy has sent elsewhere.
{% endif %}
firewall-cmd --zone="$zone"{% for port in ports %} --add-port={{ port }}{% endfor %}

firewall-cmd --zone="$zone"{% for port in ports %} --add-port={{ port }}{% endfor %} --permanent
{% endif %}
{% set devices = trusted_interfaces(host) %}
{% if devices %}

# What comes out of the overlay goes on to containers, and theirs goes out; firewalld refuses that
# from an interface in no zone. It need not exist yet.
{% for device in devices %}
firewall-cmd --zone=trusted --change-interface={{ device }}
firewall-cmd --permanent --zone=trusted --change-interface={{ device }}
{% endfor %}
{% endif %}
{% set sources = trusted_sources(host) %}
{% if sources %}

# Without an overlay, what goes to containers comes straight from the other hosts, and firewalld passes
# it on only from a zone that accepts all: the hosts of this cluster trust each other.
for now_or_later in --quiet --permanent; do
    firewall-cmd "$now_or_later" --zone=trusted{% for source in sources %} --add-source={{ source }}{% endfor %}

done
{% endif %}

open=$(firewall-cmd --zone="$zone" --list-ports)
echo "open in zone $zone, where $interface is: $open"
{% for port in ports %}
case " $open " in
    *' {{ port }} '*) ;;
    *) fail "firewalld took {{ port }} and does not list it: something reloaded it meanwhile; start again" ;;
esac
{% endfor %}
