# Tells flannel, through a key in etcd, the network it may lease from.
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/lib/etcdctl.sh" %}

if [ "$(ask_etcd get --print-value-only {{ flannel_key }} || true)" = {{ flannel_config }} ]; then
    echo "{{ flannel_key }} is as wanted already"
    exit 0
fi
# etcdctl put {{ flannel_key }} {{ flannel_config }}
ask_etcd put {{ flannel_key }} {{ flannel_config }} || fail "etcd did not take flannel's key"
