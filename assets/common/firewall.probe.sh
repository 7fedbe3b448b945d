# Whether firewalld lets through what the hosts need from each other, now and after a reboot.
set -eu
{% include "common/firewall.inc.sh" %}

if ! command -v firewall-cmd >/dev/null 2>&1 || ! systemctl is-active --quiet firewalld.service; then
    echo "firewalld does not run on this host"
    exit 0
fi
now=$(firewall-cmd --list-all-zones)
later=$(firewall-cmd --permanent --list-all-zones)

# The line of zone $2 that begins with the word $3, in the listing $1.
line_of() {
    printf '%s\n' "$1" | awk -v zone="$2" -v word="$3:" '
        /^[^ ]/ { inside = ($1 == zone) }
        inside && $1 == word { $1 = ""; print; exit }'
}
holds() {
    case " $1 " in *" $2 "*) ;; *) return 1 ;; esac
}
zone=$(printf '%s\n' "$now" | awk -v interface="$interface" '
    /^[^ ]/ { zone = $1 }
    $1 == "interfaces:" { for (i = 2; i <= NF; i++) if ($i == interface) { print zone; exit } }')
[ -n "$zone" ] || zone=$(firewall-cmd --get-default-zone)
{% if cluster.firewall.zone %}
if [ "$zone" != {{ cluster.firewall.zone | q }} ]; then
    echo "$interface is in zone $zone, not in" {{ cluster.firewall.zone | q }}
    exit 1
fi
{% endif %}
for listing in "$now" "$later"; do
{% if opened_ports(host) %}
    ports=$(line_of "$listing" "$zone" ports)
{% for port in opened_ports(host) %}
    if ! holds "$ports" {{ port }}; then
        echo "{{ port }} is not open in zone $zone, where $interface is"
        exit 1
    fi
{% endfor %}
{% endif %}
{% for device in trusted_interfaces(host) %}
    if ! holds "$(line_of "$listing" trusted interfaces)" {{ device }}; then
        echo "{{ device }} is not in zone trusted"
        exit 1
    fi
{% endfor %}
{% for source in trusted_sources(host) %}
    if ! holds "$(line_of "$listing" trusted sources)" {{ source }}; then
        echo "{{ source }} is not in zone trusted, so its containers do not reach those here"
        exit 1
    fi
{% endfor %}
done
echo "open in zone $zone, where $interface is"
