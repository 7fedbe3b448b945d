#!/bin/sh
# Stands in for firewalld: being there is all it does; firewall-cmd keeps the zones.
. /usr/lib/rehearsal/lib.sh
live || die "another firewalld runs"
echo "$PROGRAM" >"$STATE/firewalld"
# As the real one it flushes docker's chains when it starts, and docker does not notice.
rm -f "$STATE/docker-chains"
pause 0.5
[ -z "${READY:-}" ] || : >"$READY"
stay
