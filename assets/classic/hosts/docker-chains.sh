# Restarts docker where firewalld was started after it. One host at a time: etcd is in docker. It is
# not waited for here, since where all hosts had lost their chains it has no quorum before the second
# of them is back.
set -eu
{% include "classic/lib/say.sh" %}

{% include "classic/hosts/docker-chains.inc.sh" %}

if chains_there; then
    exit 0
fi
{% include "classic/lib/docker-restart.sh" %}

chains_there || fail "docker was restarted, and its chains are still not there"
