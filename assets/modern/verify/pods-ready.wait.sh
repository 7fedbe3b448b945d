# Whether the cluster's DNS answers and a pod to ping from runs on every node.
set -eu
{% include "modern/lib/monitor.sh" %}

pings=$(look --namespace=kube-system get daemonset kwizard-ping -o 'jsonpath={.status.numberReady}') || pings=''
dns=$(look --namespace=kube-system get deployment coredns -o 'jsonpath={.status.availableReplicas}') || dns=''
echo "${pings:-0} of {{ cluster.nodes | length }} pods to ping from run, and ${dns:-0} of DNS"
[ "${pings:-0}" -ge {{ cluster.nodes | length }} ] && [ "${dns:-0}" -ge 1 ]
