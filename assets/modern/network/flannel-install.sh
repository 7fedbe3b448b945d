# Puts flanneld into {{ bin }}.
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/network/flannel-version.inc.sh" %}

{% if cluster.flannel.binary %}
{% include "common/keep.sh" %}

keep {{ bin }}/flanneld
cp {{ flannel_binary }} {{ bin }}/.flanneld.new || fail "cannot write to {{ bin }}"
trap 'rm -f {{ bin }}/.flanneld.new' EXIT
chmod 755 {{ bin }}/.flanneld.new
verdict=$(fits {{ bin }}/.flanneld.new) || fail "$verdict"
cmp -s {{ bin }}/.flanneld.new {{ bin }}/flanneld || mv -f {{ bin }}/.flanneld.new {{ bin }}/flanneld
{% else %}
[ -x {{ bin }}/flanneld ] || fail "{{ bin }}/flanneld is missing: name flannel.binary in the cluster file"
{% endif %}
fits {{ bin }}/flanneld || fail "flanneld does not run on this host"
