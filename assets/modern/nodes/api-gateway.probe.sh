# Whether this host's own way to the API servers is open as wanted, and will be after a reboot.
set -eu
{% set daemon = gateway %}
{% set needed = [] %}
{% set settings = ["Type=notify", "LogRateLimitIntervalSec=10min", "LogRateLimitBurst=30"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
