# Whether flanneld runs here as wanted and has a lease.
set -eu
{% set daemon = "flanneld" %}
{% set line = flannel_line(host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = [] %}
set --
{% include "classic/lib/supervised.sh" %}

{% include "classic/network/lease.inc.sh" %}

as_wanted "$@" || exit 1
lease
