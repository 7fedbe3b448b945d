# Whether the API server says that it is ready.
set -eu
{% include "modern/lib/monitor.sh" %}

# Asked of systemd first, which costs a busy host less than kubectl.
if ! state=$(systemctl is-active kube-apiserver.service); then
    echo "kube-apiserver is $state"
    exit 1
fi
if ! said=$(look get --raw /readyz); then
    echo "the API at {{ own_api(host) }} is not ready yet"
    exit 1
fi
echo "readyz says: $said"
[ "$said" = ok ]
