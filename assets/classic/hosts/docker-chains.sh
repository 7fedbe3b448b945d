# Restarts docker where firewalld was started after it. One host at a time: etcd is in docker.
set -eu
{% include "classic/lib/say.sh" %}

{% include "classic/hosts/docker-chains.inc.sh" %}

if chains_there; then
    exit 0
fi
{% include "classic/lib/docker-restart.sh" %}

chains_there || fail "docker was restarted, and its chains are still not there"
