{% include "classic/lib/fetch.sh" %}

# True when the etcd member behind a client URL is healthy: it has a leader and can read.
healthy() {
    fetch "$1/health" | grep -q '"health": *"true"'
}
