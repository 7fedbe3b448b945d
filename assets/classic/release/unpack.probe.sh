# Whether the programs of the release are in /usr/bin.
set -eu
{% include "classic/release/programs.inc.sh" %}

if ! in_place; then
    echo "the programs of {{ cluster.version }} are not in /usr/bin"
    exit 1
fi
echo "the programs of {{ cluster.version }} are in /usr/bin"
