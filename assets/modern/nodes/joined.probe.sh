# Whether the kubelet has its certificates, and the token is gone.
set -eu
{% include "modern/nodes/identity.inc.sh" %}

if ! is_joined; then
    echo "the kubelet has no certificate yet, or one that has ended"
    exit 1
fi
# A kubelet asks for the next one when four fifths of a year are over, and somebody has to approve it.
if [ ! -s {{ own_server }} ] || [ -n "$(find -L {{ own_server }} -mtime +330)" ]; then
    echo "the kubelet has no certificate to answer with, or an old one"
    exit 1
fi
if [ -e {{ bootstrap }} ]; then
    echo "the token is still on this host"
    exit 1
fi
echo "the kubelet has its certificates"
