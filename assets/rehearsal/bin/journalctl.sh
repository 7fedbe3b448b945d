#!/bin/sh
# Stands in for journalctl: the end of a unit's log.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/units.sh

unit='' lines=100000
while [ "$#" -gt 0 ]; do
    case $1 in
    -u) unit=$2 && shift ;;
    -n) lines=$2 && shift ;;
    -o) shift ;;
    esac
    case $1 in
    --unit=*) unit=${1#*=} ;;
    --lines=*) lines=${1#*=} ;;
    esac
    shift
done
[ -n "$unit" ] || die "this rehearsal host keeps a journal of its units only: journalctl -u UNIT"
log=$(unit_log "$(unit_name "$unit")")
if [ -s "$log" ]; then
    tail -n "$lines" "$log"
else
    echo "-- No entries --"
fi
