{% include "classic/lib/etcdctl.sh" %}

{% if flannel_api == 2 %}
value_of() { etcdctl_2 get "$1" 2>/dev/null; }
set_value() { etcdctl_2 set "$1" "$2"; }
delete() { etcdctl_2 rm "$1"; }
{% else %}
value_of() { etcdctl_3 get --print-value-only "$1" 2>/dev/null; }
set_value() { etcdctl_3 put "$1" "$2"; }
delete() { etcdctl_3 del "$1"; }
{% endif %}
