# Whether the API server says that it is ready.
set -eu
{% include "modern/lib/monitor.sh" %}

if ! said=$(look get --raw /readyz); then
    echo "the API at {{ own_api(host) }} is not ready yet"
    exit 1
fi
echo "readyz says: $said"
[ "$said" = ok ]
