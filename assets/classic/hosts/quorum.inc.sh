{% include "classic/lib/etcd.sh" %}

{% raw %}
if ! docker ps --format '{{.Names}} {{.Image}} {{.Ports}}' 2>/dev/null | grep -q -e etcd -e ':2379->'; then
    echo "no etcd runs in docker here"
    exit 0
fi
{% endraw %}
{% set others = other_endpoints(host) %}
{% set members = endpoints | length %}
{% if members == others | length %}
echo "none of etcd's members is on this host"
{% else %}
answering=0
{% for endpoint in others %}
! healthy {{ endpoint }} || answering=$((answering + 1))
{% endfor %}
{% if members < 3 %}
# Too few members to lose one: etcd is away for a moment, which is better not begun while it is ill.
needed={{ others | length }}
{% else %}
needed={{ members // 2 + 1 }}
{% endif %}
echo "$answering of etcd's other members are healthy, $needed are needed"
{% if member_may_be_cut_off is defined %}
if [ "$answering" -lt "$needed" ] && ! chains_there >/dev/null && ! healthy http://{{ host.address }}:2379; then
    echo "etcd's member on this host is cut off already"
    exit 0
fi
{% endif %}
[ "$answering" -ge "$needed" ]
{% endif %}
