# Prints the log of a job from byte JOB_OFFSET on until the job has ended; and when it ended well,
# those of the jobs that come after it, each with a line of its own between: KW_MARK next. Changes
# nothing, except that the secret files of a job that is dead are removed.
#
# Given: JOB_IDS, with blanks between them, and JOB_OFFSET. The last line on standard error says how
# the last one ended: exited STATUS, rebooted, killed, unknown; or again: the follower's own time is
# over, and it wants to be started anew.

follow_end() {
    echo "$KW_MARK $*" >&2
    [ -z "$kw_watcher" ] || kill "$kw_watcher" 2>/dev/null
    exit 0
}

# Sets follow_state.
follow_look() {
    follow_state=running
    [ ! -s exit ] || follow_state=exited
    [ "$follow_state" = running ] || return 0
    follow_boot='' follow_pid='' follow_start=''
    read -r follow_boot <boot_id || :
    if [ -n "$follow_boot" ] && [ "$follow_boot" != "$job_boot" ]; then
        follow_state=rebooted
        return 0
    fi
    read -r follow_pid follow_start <pid || :
    if [ -n "$follow_pid" ]; then
        job_alive "$follow_pid" "$follow_start" && return 0
    elif [ ! -e log ]; then
        follow_state=unknown # the one before it ended badly, so it was taken away again
        return 0
    elif [ "$follow_waited" -lt 10000 ]; then
        return 0 # it is being started
    fi
    follow_state=killed
    [ ! -s exit ] || follow_state=exited # it ended while we looked
}

# follow_job ID: returns when it has ended well and another one comes after it.
follow_job() {
    cd "$KW_ROOT/jobs/$1" 2>/dev/null || follow_end unknown
    follow_waited=0 # milliseconds
    while :; do
        follow_look 2>/dev/null
        # The state first, the log after it: what is printed then is all there will be.
        follow_size=$(wc -c <log 2>/dev/null) || follow_size=0
        if [ "$follow_size" -gt "$follow_offset" ]; then
            tail -c "+$((follow_offset + 1))" log | head -c "$((follow_size - follow_offset))"
            follow_offset=$((follow_size))
        fi
        case $follow_state in
        exited)
            read -r follow_status <./exit
            [ "$follow_status" != 0 ] || [ -z "$follow_more" ] || return 0
            follow_end exited "$follow_status"
            ;;
        rebooted | killed | unknown)
            rm -rf files
            follow_end "$follow_state"
            ;;
        esac
        kill -0 "$$" 2>/dev/null || exit 1
        # Most jobs are short, and looking costs the host something, too: the longer, the more seldom.
        if [ "$follow_waited" -lt 40 ]; then
            follow_step=20
        elif [ "$follow_waited" -lt 300 ]; then
            follow_step=50
        elif [ "$follow_waited" -lt 1000 ]; then
            follow_step=100
        elif [ "$follow_waited" -lt 10000 ]; then
            follow_step=200
        else
            follow_step=500
        fi
        [ "$follow_waited" -lt "${KWIZARD_FOLLOW_LIMIT:-600000}" ] || follow_end again
        case $follow_step in
            ?00) follow_pause=0.$follow_step ;;
            *) follow_pause=0.0$follow_step ;;
        esac
        sleep "$follow_pause" 2>/dev/null || sleep 1
        follow_waited=$((follow_waited + follow_step))
    done
}

follow_offset=$JOB_OFFSET
follow_more=$JOB_IDS
while :; do
    follow_id=${follow_more%% *}
    follow_more=${follow_more#"$follow_id"}
    follow_more=${follow_more# }
    follow_job "$follow_id"
    echo "$KW_MARK next"
    follow_offset=0
done
