# Removes kwizard's own directory from this host, unless a job runs: it would have nowhere to write
# down how it ended. Hosts that were let in to fetch a file are let in no more.
#
# Given: FORGET_KEEP, the paths below it that stay, with blanks between them.

grant_end_all
for job in "$KW_ROOT"/jobs/*; do
    [ -s "$job/pid" ] && [ ! -s "$job/exit" ] || continue
    job_its_boot=
    read -r job_its_boot <"$job/boot_id" || :
    read -r job_pid job_start <"$job/pid"
    if [ "$job_its_boot" = "$job_boot" ] && job_alive "$job_pid" "$job_start" 2>/dev/null; then
        echo "the job ${job##*/} runs" >&2
        exit 1
    fi
done

# forget_in DIRECTORY: removes what is in it, and the directory itself where nothing of it stays.
forget_in() {
    for forget_entry in "$1"/* "$1"/.[!.]*; do
        case " $FORGET_KEEP " in
            *" ${forget_entry#"$KW_ROOT/"} "*) ;;
            *" ${forget_entry#"$KW_ROOT/"}/"*) (forget_in "$forget_entry") ;;
            *) rm -rf "$forget_entry" ;;
        esac
    done
    rmdir "$1" 2>/dev/null || [ -n "$FORGET_KEEP" ]
}
if [ -n "$FORGET_KEEP" ]; then forget_in "$KW_ROOT"; else rm -rf "$KW_ROOT"; fi
