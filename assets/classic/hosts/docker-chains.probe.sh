# Whether docker's rules survived a start of firewalld.
set -eu
{% include "classic/hosts/docker-chains.inc.sh" %}

chains_there
