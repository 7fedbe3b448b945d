#!/bin/sh
# Stands in for ss: the ports on which this host's pretend daemons listen.
. /usr/lib/rehearsal/lib.sh
tcp='' udp='' port=''
for argument in "$@"; do
    case $argument in
    --*) ;;
    -*)
        case $argument in *t*) tcp=yes ;; esac
        case $argument in *u*) udp=yes ;; esac
        ;;
    *sport*) port=$(echo "$argument" | sed 's/.*sport *=* *:\([0-9]*\).*/\1/') ;;
    esac
done
[ -n "$tcp$udp" ] || tcp=yes udp=yes
both=
[ -z "$tcp" ] || [ -z "$udp" ] || both=yes
[ -z "$both" ] || printf '%-6s' Netid
echo "State   Recv-Q  Send-Q   Local Address:Port   Peer Address:Port  Process"
for file in "$SHARED/listen/$HOST_NAME"/*; do
    [ -s "$file" ] || break
    what=${file##*/}
    protocol=${what%-*}
    number=${what#*-}
    case $protocol in tcp) [ -n "$tcp" ] || continue ;; udp) [ -n "$udp" ] || continue ;; esac
    [ -z "$port" ] || [ "$port" = "$number" ] || continue
    read -r pid shown bound _ <"$file"
    alive "$HOST_NAME" "$pid" || continue
    state=LISTEN
    [ "$protocol" = tcp ] || state=UNCONN
    [ -z "$both" ] || printf '%-6s' "$protocol"
    printf '%-7s 0       128      %s:%s        0.0.0.0:*     users:(("%s",pid=%s,fd=3))\n' \
        "$state" "$bound" "$number" "$(echo "$shown" | cut -c 1-15)" "$pid"
done
