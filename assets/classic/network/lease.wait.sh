# Whether flanneld has got a subnet for this host and written it down: cat /run/flannel/subnet.env
set -eu
{% include "classic/network/lease.inc.sh" %}

lease
