# Whether docker may be restarted here to bring its chains back. Without them etcd's member on this
# host may be cut off from the others, and where all hosts are so there is no quorum to wait for: a
# member that is ill already has nothing left to lose.
set -eu
{% set member_may_be_cut_off = true %}
{% include "classic/hosts/docker-chains.inc.sh" %}

{% include "classic/hosts/quorum.inc.sh" %}
