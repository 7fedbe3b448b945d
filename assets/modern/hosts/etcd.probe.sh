# Whether the etcd member of this host runs as wanted.
set -eu
{% set daemon = "etcd" %}
{% set needed = [] %}
{% set settings = ["Type=notify", "TimeoutStartSec=0"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
