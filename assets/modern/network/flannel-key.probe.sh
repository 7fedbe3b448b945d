# Whether flannel's key in etcd is as wanted.
set -eu
{% include "modern/lib/etcdctl.sh" %}

found=$(ask_etcd get --print-value-only {{ flannel_key }} 2>/dev/null) || found=''
if [ "$found" != {{ flannel_config }} ]; then
    echo "{{ flannel_key }} in etcd is '$found'"
    exit 1
fi
echo "{{ flannel_key }} in etcd is as wanted"
