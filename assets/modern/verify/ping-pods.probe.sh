# Whether the pods to ping from are asked for, with the wanted image.
set -eu
{% include "modern/lib/monitor.sh" %}

image=$(look --namespace=kube-system get daemonset kwizard-ping -o 'jsonpath={.spec.template.spec.containers[0].image}') || image=''
if [ "$image" != '{{ pause_image }}' ]; then
    echo "the pods to ping from are not there, or the API does not answer"
    exit 1
fi
echo "a pod to ping from is asked for on every node"
