# Whether this host's own way to the API servers is open as wanted, and will be after a reboot.
set -eu
{% set daemon = gateway %}
{% set needed = [] %}
{% set settings = ["Type=notify", "LogRateLimitIntervalSec=10min", "LogRateLimitBurst=30"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/nodes/api-gateway.watch.inc.sh" %}

holds "$watch" "$(watch_script)"
holds "$watch_file" "$(watch_unit)"
if ! systemctl is-active --quiet api-gateway-watch.service; then
    echo "api-gateway-watch.service does not run"
    exit 1
fi
holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
