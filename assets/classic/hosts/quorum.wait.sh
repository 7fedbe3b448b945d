# Whether etcd can do without the member on this host while docker is restarted here.
set -eu
{% include "classic/hosts/quorum.inc.sh" %}
