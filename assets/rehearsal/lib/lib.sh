# What all stand-ins share. They are sourced by /bin/sh scripts that begin with
#   . /usr/lib/rehearsal/lib.sh
# State of this host lies in $STATE, what all hosts see in $SHARED.
# shellcheck shell=sh
STATE=/var/lib/rehearsal
SHARED=/run/rehearsal-shared
HOST_NAME='' HOST_NUMBER=0 HOST_ADDRESS='' SPEED=1
# shellcheck source=/dev/null
. "$STATE/host"

# pause SECONDS: as long as the real thing would seem to take, scaled by the rehearsal's speed.
pause() {
    case $SPEED in
    0) ;;
    1) sleep "$1" ;;
    *) sleep "$(awk -v a="$1" -v b="$SPEED" 'BEGIN { printf "%.3f", a * b }')" ;;
    esac
}

# daemon_pause SECONDS: between two looks of a daemon; never nothing, so that it does not spin.
daemon_pause() {
    case $SPEED in
    0) sleep 0.05 ;;
    *) pause "$1" ;;
    esac
}

die() {
    echo "$*" >&2
    exit 1
}

# klog LETTER FILE TEXT: a line as Kubernetes' programs log it, on standard error.
klog() {
    printf '%s%s %7s %s] %s\n' "$1" "$(date +'%m%d %H:%M:%S.000000')" "$$" "$2" "$3" >&2
}

# peers: all hosts of this rehearsal, "ADDRESS NAME" a line.
peers() {
    sed -n 's/^\(10\.0\.63\.[0-9]*\) \(.*\)$/\1 \2/p' /etc/hosts
}

# running PIDFILE: whether the process written there lives.
running() {
    [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null
}

# spawn LOG COMMAND...: start it in a session of its own, its output to LOG; prints its pid.
spawn() {
    spawn_log=$1
    shift
    # shellcheck disable=SC2016 # the inner shell expands it
    setsid sh -c 'echo $$; exec "$@" >>"$0" 2>&1 </dev/null' "$spawn_log" "$@" 2>/dev/null |
        head -n 1
}

# show_fault: fail, hang or cut as this rehearsal was told to, if it is this step's turn.
show_fault() {
    [ -n "${KWIZARD_JOB_DIR:-}" ] || return 0
    job=${KWIZARD_JOB_DIR##*/}
    for fault in "$STATE"/faults/*; do
        [ -f "$fault" ] || return 0
        case $job in "${fault##*/}"-*) ;; *) continue ;; esac
        # Once for each job: the next attempt is another job.
        mkdir "$STATE/faults/.$job" 2>/dev/null || return 0
        read -r kind times <"$fault"
        [ "$times" -gt 0 ] || return 0
        echo "$kind $((times - 1))" >"$fault"
        case $kind in
        exit)
            echo "rehearsal: this step was asked to fail here" >&2
            kill -TERM "$PPID"
            exit 1
            ;;
        hang) sleep 86400 ;;
        cut) : >"$SHARED/cut/$HOST_NAME" ;;
        esac
    done
}
show_fault
