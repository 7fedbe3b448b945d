# Asks the API server how its components are. When it does not answer, asks them one by one at their
# own health ports on this host. Changes nothing.
set -u
{% include "section.inc.sh" %}

{% include "kubectl.inc.sh" %}

fetch() {
    if command -v curl >/dev/null 2>&1; then
        within 5 curl -sS "$1"
    else
        within 5 wget -q -O - "$1"
    fi
}

limit=1000000
section components get componentstatuses
if [ "$status" -ne 0 ]; then
    section reason reason componentstatuses
    section direct/controller-manager fetch http://127.0.0.1:10252/healthz
    section direct/scheduler fetch http://127.0.0.1:10251/healthz
{% for endpoint in etcd %}
    section direct/etcd-{{ loop.index0 }} fetch '{{ endpoint }}/health'
{% endfor %}
fi
