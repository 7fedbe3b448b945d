# Asks the API server for its nodes, and this host for the time their age is told by. Changes nothing.
set -u
{% include "section.inc.sh" %}

{% include "kubectl.inc.sh" %}

section clock date +%s
limit=6000000
section nodes get nodes
if [ "$status" -ne 0 ]; then
    section reason reason nodes
fi
