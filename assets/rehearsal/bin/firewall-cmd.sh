#!/bin/sh
# Stands in for firewall-cmd: zones with ports and interfaces, for now and for good.
. /usr/lib/rehearsal/lib.sh
if [ ! -s "$STATE/firewalld" ] || ! alive "$HOST_NAME" "$(cat "$STATE/firewalld")"; then
    case " $* " in *" --state "*) echo "not running" >&2 ;; *) echo "FirewallD is not running" >&2 ;; esac
    exit 252
fi
ZONES='block dmz drop external home internal public trusted work'
kept=now zone=public
for argument in "$@"; do
    case $argument in
    --permanent) kept=permanent ;;
    --zone=*) zone=${argument#*=} ;;
    esac
done
place=$STATE/firewall/$kept
if [ ! -d "$place" ]; then
    mkdir -p "$place"
    for name in $ZONES; do
        : >"$place/$name.ports"
        : >"$place/$name.interfaces"
    done
    [ "$kept" = permanent ] || echo eth0 >"$place/public.interfaces"
fi
[ -e "$place/$zone.ports" ] || {
    echo "Error: INVALID_ZONE: $zone" >&2
    exit 112
}

words() { tr '\n' ' ' <"$1" | sed 's/ $//'; }
add() { grep -q -x -e "$2" "$1" || echo "$2" >>"$1"; }

# List of one zone, as --list-all prints it.
list() {
    active=
    [ ! -s "$place/$1.interfaces" ] || active=' (active)'
    cat <<ZONE
$1$active
  target: $(if [ "$1" = trusted ]; then echo ACCEPT; else echo default; fi)
  icmp-block-inversion: no
  interfaces: $(words "$place/$1.interfaces")
  sources: 
  services: ssh
  ports: $(words "$place/$1.ports")
  protocols: 
  forward: yes
  masquerade: no
  rich rules: 

ZONE
}

for argument in "$@"; do
    case $argument in
    --state) echo running ;;
    --permanent | --zone=* | -q) ;;
    --get-default-zone) echo public ;;
    --get-zones) echo "$ZONES" ;;
    --get-zone-of-interface=*)
        for name in $ZONES; do
            if grep -q -x -e "${argument#*=}" "$place/$name.interfaces"; then
                echo "$name"
                exit 0
            fi
        done
        echo "no zone" >&2
        exit 2
        ;;
    --add-port=*)
        add "$place/$zone.ports" "${argument#*=}"
        echo success
        ;;
    --change-interface=* | --add-interface=*)
        for name in $ZONES; do
            sed -i "/^${argument#*=}\$/d" "$place/$name.interfaces"
        done
        add "$place/$zone.interfaces" "${argument#*=}"
        echo success
        ;;
    --query-port=*)
        if grep -q -x -e "${argument#*=}" "$place/$zone.ports"; then
            echo yes
        else
            echo no
            exit 1
        fi
        ;;
    --list-ports) words "$place/$zone.ports" && echo ;;
    --list-interfaces) words "$place/$zone.interfaces" && echo ;;
    --list-all) list "$zone" ;;
    --list-all-zones)
        for name in $ZONES; do list "$name"; done
        ;;
    --get-active-zones)
        for name in $ZONES; do
            [ ! -s "$place/$name.interfaces" ] || printf '%s\n  interfaces: %s\n' "$name" "$(words "$place/$name.interfaces")"
        done
        ;;
    --reload) echo success ;;
    *)
        echo "usage: firewall-cmd: unrecognized argument $argument" >&2
        exit 2
        ;;
    esac
done
