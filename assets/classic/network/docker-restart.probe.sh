# Whether docker's bridge really has the leased subnet.
set -eu
{% include "classic/network/docker-bridge.inc.sh" %}

bridge
