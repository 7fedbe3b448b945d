# Puts a job into its directory on the host and starts it there, detached from this connection.
#
# Given: JOB_ID; JOB_TRY, a random word of this attempt; JOB_STAMP and JOB_SHA256, or empty;
# job_unpack, which calls job_put for the script and for run.sh, and job_untar for secret files.
# Prints "started", or "exists" when a job of that id is here (then nothing was done). What follows
# this script (follow.sh) goes on with the job's log.

umask 077
# Losing the connection in the middle must not leave half a job: go on to the end.
trap : HUP PIPE TERM

job_fail() {
    echo "$1" >&2
    rm -rf "$job_dir"
    exit 1
}

# job_put NAME BYTES <base64: writes a file and makes sure that all of it is there.
job_put() {
    base64 -d >"$job_dir/$1" || job_fail "cannot write $job_dir/$1"
    [ "$(wc -c <"$job_dir/$1")" -eq "$2" ] || job_fail "$job_dir/$1 is not complete"
}

# job_untar BYTES <base64: the secret files, which are many and small, out of one archive.
job_untar() {
    job_put archive "$1"
    tar -xof "$job_dir/archive" -C "$job_dir/files" || job_fail "cannot write below $job_dir/files"
    rm -f "$job_dir/archive"
}

job_fill() {
    {
        echo "$JOB_TRY" >"$job_dir/try" &&
            echo "$job_boot" >"$job_dir/boot_id" &&
            mkdir "$job_dir/files" &&
            : >"$job_dir/log"
    } || job_fail "cannot write below $job_dir"
    job_unpack
}

# Where systemd runs, a job is a unit of its own, out of reach of whatever ends this login's
# processes. KillMode=process: what a script leaves running with nohup stays.
job_as_unit() {
    [ -d "${KWIZARD_SYSTEMD:-/run/systemd/system}" ] && command -v systemd-run >/dev/null || return 1
    # systemd before 236 has no --collect, and keeps a unit that failed until it is told to forget.
    for job_collect in --collect --quiet; do
        systemd-run --quiet "$job_collect" --unit="kwizard-job-$JOB_ID" \
            --description="kwizard job $JOB_ID" \
            --property=KillMode=process --property=TasksMax=infinity \
            --setenv=PATH="$PATH" --setenv=HOME="$HOME" --setenv=KWIZARD_ROOT="$KW_ROOT" \
            "$job_sh" "$job_dir/run" "$JOB_STAMP" "$JOB_SHA256" \
            </dev/null >/dev/null 2>&1 3<&- && return
    done
    return 1
}

job_as_session() {
    command -v setsid >/dev/null || job_fail "this host has neither systemd nor setsid"
    export HOME KWIZARD_ROOT="$KW_ROOT"
    setsid "$job_sh" "$job_dir/run" "$JOB_STAMP" "$JOB_SHA256" </dev/null >/dev/null 2>&1 3<&- &
    # Until it has left our process group it would end with us.
    job_waited=0
    until [ -s "$job_dir/pid" ] || [ "$job_waited" -ge 100 ]; do
        sleep 0.01 2>/dev/null || sleep 1
        job_waited=$((job_waited + 1))
    done
}

[ -d "$KW_ROOT/jobs" ] && [ -d "$KW_ROOT/steps" ] ||
    mkdir -p "$KW_ROOT" "$KW_ROOT/jobs" "$KW_ROOT/steps" || exit 1
job_dir=$KW_ROOT/jobs/$JOB_ID
job_boot_id

# Secrets of jobs that were cut off by a reboot are of no use to anybody now.
for job_old in "$KW_ROOT"/jobs/*/files; do
    [ -d "$job_old" ] || continue
    job_old_boot=
    read -r job_old_boot <"${job_old%/files}/boot_id" || :
    [ "$job_old_boot" = "$job_boot" ] || [ "${job_old%/files}" = "$job_dir" ] || rm -rf "$job_old"
done

[ ! -d "$KW_ROOT/grants" ] || grant_sweep

if [ -n "${SUDO_UID-}" ] && [ "$(id -u)" = 0 ]; then HOME=~root; fi
HOME=${HOME:-/}
job_sh=$(command -v sh)

# This mkdir is the lock: of two attempts to start an id, one fails here.
if mkdir "$job_dir" 2>/dev/null; then
    job_fill
    job_as_unit || job_as_session
elif [ ! -d "$job_dir" ]; then
    echo "cannot make $job_dir" >&2
    exit 1
else
    # Ours when this is the same attempt again, after its answer was lost on the way.
    job_made_by=
    read -r job_made_by <"$job_dir/try" || :
    if [ "$job_made_by" != "$JOB_TRY" ]; then
        echo exists
        exit 0
    fi
fi
echo started || :
trap - HUP PIPE TERM
kw_watch
