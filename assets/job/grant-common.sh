# What takes a grant back. A grant lets one host in to fetch one file for a short while: a line in the
# login user's authorized keys, and a directory under $KW_ROOT/grants that notes it:
#   by       process, its start and the boot of who takes it back
#   file     the file of authorized keys the line is in
#   made     what was made for it: "file", "directory"
#   newline  here when the file's last line had no end and was given one
#   way      here when the login user was let through $KW_ROOT

grant_lock() {
    grant_locked=1
    grant_waited=0
    until mkdir "$KW_ROOT/grants/.lock" 2>/dev/null; do
        # Held for a moment only: whoever has had it for 5 s is dead.
        [ "$grant_waited" -lt 100 ] || return 0
        sleep 0.05 2>/dev/null || {
            sleep 1
            grant_waited=$((grant_waited + 19))
        }
        grant_waited=$((grant_waited + 1))
    done
}

grant_unlock() {
    grant_locked=
    rmdir "$KW_ROOT/grants/.lock" 2>/dev/null || :
}

# grant_end DIRECTORY: takes the grant noted there back, and leaves everything as it was.
grant_end() {
    grant_file='' grant_made=''
    read -r grant_file 2>/dev/null <"$1/file" || :
    grant_made=$(cat "$1/made" 2>/dev/null) || :
    grant_lock
    if [ -f "$grant_file" ] && grep -q " kwizard-grant-${1##*/}\$" "$grant_file"; then
        # A copy keeps owner, mode and label; it takes the file's place whole or not at all.
        cp -a "$grant_file" "$grant_file.kwizard" &&
            {
                grep -v " kwizard-grant-${1##*/}\$" "$grant_file" >"$grant_file.kwizard" || :
            }
        case " $grant_made " in
        *" file "*)
            if [ ! -s "$grant_file.kwizard" ]; then
                rm -f "$grant_file" "$grant_file.kwizard"
            fi
            ;;
        esac
        if [ -e "$1/newline" ] && [ -f "$grant_file.kwizard" ]; then
            grant_rest=$(cat "$grant_file.kwizard")
            printf '%s' "$grant_rest" >"$grant_file.kwizard"
        fi
        if [ -f "$grant_file.kwizard" ]; then
            # Losing power now must not leave an empty file where the operator's keys were.
            sync "$grant_file.kwizard" 2>/dev/null || sync
            mv -f "$grant_file.kwizard" "$grant_file"
        fi
        case " $grant_made " in
        *" directory "*) rmdir "${grant_file%/*}" 2>/dev/null || : ;;
        esac
    fi
    grant_way=
    [ ! -e "$1/way" ] || grant_way=1
    rm -rf "$1"
    if [ -n "$grant_way" ]; then
        for grant_other in "$KW_ROOT"/grants/*/way; do
            [ ! -e "$grant_other" ] || grant_way=
        done
        [ -z "$grant_way" ] || { chgrp 0 "$KW_ROOT" && chmod 0700 "$KW_ROOT"; }
    fi
    grant_unlock
}

# Takes back what was left by a process that was killed, or by a host that lost its power.
grant_sweep() {
    for grant_old in "$KW_ROOT"/grants/*; do
        grant_pid='' grant_start='' grant_boot=''
        read -r grant_pid grant_start grant_boot 2>/dev/null <"$grant_old/by" || :
        [ -n "$grant_boot" ] || continue
        if [ "$grant_boot" != "$job_boot" ] || ! job_alive "$grant_pid" "$grant_start" 2>/dev/null; then
            grant_end "$grant_old"
        fi
    done
}

# Takes back all of them, also those that would end by themselves in a moment.
grant_end_all() {
    for grant_old in "$KW_ROOT"/grants/*; do
        [ -d "$grant_old" ] || continue
        grant_pid='' grant_start='' grant_boot=''
        read -r grant_pid grant_start grant_boot 2>/dev/null <"$grant_old/by" || :
        if [ "$grant_boot" = "$job_boot" ] && job_alive "$grant_pid" "$grant_start" 2>/dev/null; then
            kill -TERM "$grant_pid" 2>/dev/null || :
            grant_waited=0
            until [ -s "$KW_ROOT/jobs/grant-${grant_old##*/}/exit" ] || [ "$grant_waited" -ge 10 ]; do
                sleep 0.5 2>/dev/null || sleep 1
                grant_waited=$((grant_waited + 1))
            done
        fi
        [ ! -d "$grant_old" ] || grant_end "$grant_old"
    done
}
