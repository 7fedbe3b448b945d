#!/bin/sh
# Stands in for systemctl: starts units' own commands, keeps them running, tells how they are.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/units.sh

quiet='' block=yes now='' properties='' value_only='' verb=''
for argument in "$@"; do
    shift
    case $argument in
    -q | --quiet) quiet=yes ;;
    --no-block) block='' ;;
    --now) now=yes ;;
    --property=*) properties=${argument#*=} ;;
    --value) value_only=yes ;;
    -p | -n | -t | -o) value_of=$argument ;;
    --version)
        echo "systemd 252 (rehearsal)"
        exit 0
        ;;
    -*) ;;
    *)
        if [ -n "${value_of:-}" ]; then
            [ "$value_of" != -p ] || properties=$argument
            value_of=
        elif [ -z "$verb" ]; then
            verb=$argument
        else
            set -- "$@" "$(unit_name "$argument")"
        fi
        ;;
    esac
done

start() {
    unit_loaded "$1" || {
        echo "Failed to start $1: Unit $1 not found." >&2
        return 5
    }
    unit_is "$1"
    case $state in active | activating) return 0 ;; esac
    place=$RUNNING/$1
    mkdir -p "$place"
    rm -f "$place/launched" "$place/failed" "$place/restarts" "$place/remains"
    echo activating >"$place/state"
    # Nothing of who asks for it is passed on: no open file, no variable, no session.
    env -i PATH="$PATH" setsid sh -c 'echo $$ >"$0/supervisor"; exec /usr/lib/rehearsal/unit "$1"' \
        "$place" "$1" </dev/null >>"$place/log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
    started=$!
    until [ -e "$place/launched" ] || ! kill -0 "$started" 2>/dev/null; do sleep 0.01; done
    [ -n "$block" ] || return 0
    case $(unit_value "$1" Type simple) in
    notify | oneshot)
        unit_is "$1"
        while [ "$state" = activating ]; do
            sleep 0.03
            unit_is "$1"
        done
        case $state in
        active) ;;
        *)
            [ ! -e "$place/failed" ] || {
                echo "Job for $1 failed because the control process exited with error code." >&2
                return 1
            }
            ;;
        esac
        ;;
    esac
}

stop() {
    place=$RUNNING/$1
    rm -f "$place/remains"
    [ -s "$place/supervisor" ] || return 0
    read -r supervisor <"$place/supervisor"
    main=$(unit_pid "$1")
    kill -TERM "$supervisor" 2>/dev/null || return 0
    waited=0
    # A daemon is gone when its process is, and when what it held is let go.
    while kill -0 "$supervisor" 2>/dev/null || alive "$HOST_NAME" "$main"; do
        sleep 0.03
        waited=$((waited + 1))
        [ "$((waited % 50))" != 0 ] || kill -TERM "$supervisor" 2>/dev/null
        [ "$waited" -lt 500 ] || [ "$main" = 0 ] || kill -KILL "$main" 2>/dev/null
    done
    rm -f "$place/pid" "$place/supervisor" "$place/state"
}

# alone UNIT FUNCTION...: the functions in turn, while nobody else starts or stops that unit.
alone() (
    unit=$1
    shift
    mkdir -p "$RUNNING/$unit"
    exec 8>"$RUNNING/$unit/lock"
    flock 8
    result=0
    for action in "$@"; do
        result=0
        "$action" "$unit" || result=$?
    done
    exit "$result"
)

link_of() {
    target=$(unit_value "$1" WantedBy multi-user.target)
    echo "/etc/systemd/system/$target.wants/$1"
}

link() {
    unit_loaded "$1" || {
        echo "Failed to enable unit: Unit file $1 does not exist." >&2
        return 1
    }
    link=$(link_of "$1")
    [ ! -L "$link" ] || return 0
    mkdir -p "${link%/*}"
    ln -s "$(unit_files "$1" | head -n 1)" "$link"
    [ -n "$quiet" ] || echo "Created symlink $link." >&2
}

is_enabled() {
    for link in /etc/systemd/system/*.wants/"$1"; do
        [ ! -L "$link" ] || return 0
    done
    return 1
}

property() {
    unit_is "$1"
    [ ! -e "$RUNNING/$1/remains" ] || state=active
    case $2 in
    Id) echo "$1" ;;
    LoadState) if unit_loaded "$1"; then echo loaded; else echo not-found; fi ;;
    ActiveState) echo "$state" ;;
    SubState)
        case $state in
        active) echo running ;;
        activating) if [ "$(unit_pid "$1")" = 0 ]; then echo auto-restart; else echo start; fi ;;
        failed) echo failed ;;
        *) echo dead ;;
        esac
        ;;
    MainPID) unit_pid "$1" ;;
    NRestarts) cat "$RUNNING/$1/restarts" 2>/dev/null || echo 0 ;;
    ActiveEnterTimestampMonotonic)
        if [ "$state" = active ]; then
            since=$(cat "$RUNNING/$1/since" 2>/dev/null || echo 0)
            awk -v since="$since" -v now="$(date +%s)" '{ printf "%.0f\n", ($1 - (now - since)) * 1000000 }' /proc/uptime
        else
            echo 0
        fi
        ;;
    UnitFileState) if is_enabled "$1"; then echo enabled; else echo disabled; fi ;;
    FragmentPath) unit_files "$1" | head -n 1 ;;
    Result) if [ "$state" = failed ]; then echo exit-code; else echo success; fi ;;
    *) echo ;;
    esac
}

show() {
    for name in $(echo "${properties:-Id,LoadState,ActiveState,SubState,MainPID,NRestarts}" | tr , ' '); do
        [ -n "$value_only" ] || printf '%s=' "$name"
        property "$1" "$name"
    done
}

status=0
case $verb in
start | stop)
    for unit in "$@"; do
        alone "$unit" "$verb" || status=$?
    done
    ;;
enable)
    for unit in "$@"; do
        link "$unit" || status=$?
        [ -z "$now" ] || alone "$unit" start || status=$?
    done
    ;;
restart | try-restart | reload-or-restart)
    for unit in "$@"; do
        unit_is "$unit"
        [ "$verb" != try-restart ] || [ "$state" = active ] || continue
        alone "$unit" stop start || status=$?
    done
    ;;
disable)
    for unit in "$@"; do
        rm -f /etc/systemd/system/*.wants/"$unit"
        [ -z "$now" ] || alone "$unit" stop
    done
    ;;
is-active)
    status=3
    for unit in "$@"; do
        state=$(property "$unit" ActiveState)
        [ -n "$quiet" ] || echo "$state"
        [ "$state" != active ] || status=0
    done
    ;;
is-enabled)
    status=1
    for unit in "$@"; do
        if is_enabled "$unit"; then
            [ -n "$quiet" ] || echo enabled
            status=0
        elif unit_loaded "$unit"; then
            [ -n "$quiet" ] || echo disabled
        else
            [ -n "$quiet" ] ||
                echo "Failed to get unit file state for $unit: No such file or directory" >&2
        fi
    done
    ;;
list-unit-files)
    for unit in "$@"; do
        if is_enabled "$unit"; then
            echo "$unit enabled"
        elif unit_loaded "$unit"; then
            echo "$unit disabled"
        fi
    done
    ;;
is-failed)
    status=1
    for unit in "$@"; do
        state=$(property "$unit" ActiveState)
        [ -n "$quiet" ] || echo "$state"
        [ "$state" != failed ] || status=0
    done
    ;;
show)
    first=yes
    for unit in "$@"; do
        [ -n "$first" ] || echo
        first=
        show "$unit"
    done
    ;;
cat)
    for unit in "$@"; do
        unit_loaded "$unit" || {
            echo "No files found for $unit." >&2
            exit 1
        }
        unit_files "$unit" | while read -r file; do
            echo "# $file"
            cat "$file"
            echo
        done
    done
    ;;
status)
    for unit in "$@"; do
        echo "$unit - $(unit_value "$unit" Description "$unit")"
        echo "     Active: $(property "$unit" ActiveState)"
        echo "   Main PID: $(unit_pid "$unit")"
        unit_is "$unit"
        [ "$state" = active ] || status=3
    done
    ;;
daemon-reload) pause 0.2 ;;
reset-failed)
    for unit in "$@"; do rm -f "$RUNNING/$unit/failed"; done
    ;;
is-system-running) echo running ;;
'' | list-units) ;;
*)
    echo "Unknown command verb $verb." >&2
    exit 1
    ;;
esac
exit "$status"
