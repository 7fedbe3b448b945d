# Marks the etcd that was there already as this cluster's, by one key. An etcd that holds another
# Kubernetes cluster is refused: both would use the same keys.
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/lib/etcdctl.sh" %}

held=$(ask_etcd get --print-value-only /kwizard/cluster) || fail "etcd does not answer"
case $held in
    {{ cluster.name }}) ;;
    '')
        found=$(ask_etcd get --keys-only --prefix --limit=1 /registry/) || fail "etcd does not answer"
        [ -z "$found" ] || fail "this etcd holds another Kubernetes cluster already: it has keys below /registry/"
        ask_etcd put /kwizard/cluster {{ cluster.name }} || fail "etcd did not take the key /kwizard/cluster"
        ;;
    *) fail "this etcd is of the cluster $held already, says its key /kwizard/cluster" ;;
esac
echo "this etcd is of {{ cluster.name }}"
