# Whether the wanted flanneld is in /usr/bin.
set -eu
{% include "classic/network/flannel-version.inc.sh" %}

if [ ! -x /usr/bin/flanneld ]; then
    echo "/usr/bin/flanneld is missing"
    exit 1
fi
fits /usr/bin/flanneld
