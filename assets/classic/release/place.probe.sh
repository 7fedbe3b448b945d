# Whether the tarball is needed here at all: not when its programs are in place.
set -eu
{% include "classic/release/programs.inc.sh" %}

if ! in_place; then
    echo "the programs of {{ cluster.version }} are not in /usr/bin"
    exit 1
fi
echo "the programs of {{ cluster.version }} are in /usr/bin, so the tarball is not needed"
