#!/bin/sh
# Stands in for systemd-run: a command in a session of its own, apart from who asks for it.
. /usr/lib/rehearsal/lib.sh

unit='' variables='' faulty=''
while [ "$#" -gt 0 ]; do
    case $1 in
    --help)
        echo "  --unit=UNIT --collect --property=NAME=VALUE --setenv=NAME=VALUE --description=TEXT"
        exit 0
        ;;
    --unit=*) unit=${1#*=} ;;
    --setenv=*)
        name=${1#--setenv=}
        # shellcheck disable=SC2034 # the eval below keeps it
        value=${name#*=}
        name=${name%%=*}
        eval "variable_$name=\$value"
        variables="$variables $name"
        ;;
    -*) ;;
    *) break ;;
    esac
    shift
done
[ "$#" -gt 0 ] || die "Command line to execute required."
# Steps that were asked to go wrong: their scripts are run by another sh.
for fault in "$STATE"/faults/*; do
    [ -f "$fault" ] || break
    faulty="PATH=/usr/lib/rehearsal/faulty:${variable_PATH:-$PATH}"
done
# shellcheck disable=SC2086 # a PATH holds no blanks
set -- $faulty "$@"
for name in $variables; do
    eval "set -- \"$name=\$variable_$name\" \"\$@\""
done
env -i PATH="$PATH" setsid env "$@" </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
# As long as it is in our process group, it ends with us.
group=
until [ "$group" = "$!" ]; do
    read -r stat 2>/dev/null <"/proc/$!/stat" || break # it has ended already
    stat=${stat##*) }
    group=${stat#* * }
    group=${group%% *}
done
pause 0.02
[ -z "$unit" ] || echo "Running as unit: $unit.service" >&2
