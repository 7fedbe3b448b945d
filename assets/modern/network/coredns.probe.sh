# Whether the cluster's DNS is there, with the wanted image and address.
set -eu
{% include "modern/lib/monitor.sh" %}

image=$(look --namespace=kube-system get deployment coredns -o 'jsonpath={.spec.template.spec.containers[0].image}') || image=''
address=''
if [ -n "$image" ]; then
    address=$(look --namespace=kube-system get service kube-dns -o 'jsonpath={.spec.clusterIP}') || address=''
fi
if [ "$image $address" != '{{ coredns_image }} {{ cluster.network.dns }}' ]; then
    echo "the cluster's DNS is not there as wanted, or the API does not answer"
    exit 1
fi
echo "CoreDNS answers on {{ cluster.network.dns }}"
