# Whether the programs of the release are in {{ bin }}.
set -eu
{% include "modern/release/programs.inc.sh" %}

if ! in_place; then
    echo "the programs of {{ cluster.version }} are not in {{ bin }}"
    exit 1
fi
echo "the programs of {{ cluster.version }} are in {{ bin }}"
