# Whether flannel's key in etcd is as wanted.
set -eu
{% include "classic/network/flannel-key.inc.sh" %}

found=$(value_of {{ flannel_key }}) || found=''
if [ "$found" != {{ flannel_config }} ]; then
    echo "{{ flannel_key }} in etcd is '$found'"
    exit 1
fi
echo "{{ flannel_key }} in etcd is as wanted"
