# Whether a kubelet waits for a certificate to answer with.
set -eu
{% include "modern/lib/monitor.sh" %}

{% include "modern/nodes/serving.inc.sh" %}

admin() {
    look "$@"
}
if ! requests=$(waiting); then
    echo "the API does not tell who waits for a certificate"
    exit 1
fi
for request in $requests; do
    if judge "$request" >/dev/null; then
        echo "$request waits to be approved"
        exit 1
    fi
done
echo "no kubelet waits for a certificate"
