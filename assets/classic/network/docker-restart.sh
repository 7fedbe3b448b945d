# Restarts docker, so that its bridge takes the leased subnet, and starts again what that stopped:
# etcd first of all. One host at a time, and only while etcd can do without this host's member.
set -eu
{% include "classic/lib/say.sh" %}

{% include "classic/network/docker-bridge.inc.sh" %}

if bridge; then
    exit 0
fi
{% set until_healthy = true %}
{% include "classic/lib/docker-restart.sh" %}

bridge || fail "docker was restarted, but its bridge did not take the leased subnet"
