# Whether the wanted flanneld is in {{ bin }}.
set -eu
{% include "modern/network/flannel-version.inc.sh" %}

if [ ! -x {{ bin }}/flanneld ]; then
    echo "{{ bin }}/flanneld is missing"
    exit 1
fi
fits {{ bin }}/flanneld
