# Stands around every script that kwizard sends to a host. The script is the body of kw_script
# above; the last line sent calls kw_main, so a transfer that is cut runs nothing at all.
#
# KW_MARK is a random word, printed first on both outputs: what came before it (banners, a noisy
# shell start-up file, sudo's lecture) is not the script's. KW_WATCH is 1 for scripts that only
# look: they end together with the SSH channel instead of living on unseen.

# Ends this process group once standard input, kept open by the other side as number 3, is closed.
kw_watch() {
    (
        while read -r kw_ignored; do :; done
        : "$kw_ignored"
        read -r kw_stat <"/proc/$$/stat" || exit
        # Behind the name in parentheses: state, parent, process group.
        # shellcheck disable=SC2086
        set -- ${kw_stat##*) }
        read -r kw_leader <"/proc/$3/comm"
        case "$3 $kw_leader" in
        "$$ "* | *" sudo"*) kill -TERM "-$3" ;;
        *) kill -TERM "$$" ;; # a group of somebody else's: only this shell
        esac
    ) <&3 >/dev/null 2>&1 &
    kw_watcher=$!
}

kw_main() {
    exec 3<&0 </dev/null
    LC_ALL=C
    export LC_ALL
    for kw_dir in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
        case ":$PATH:" in
        *":$kw_dir:"*) ;;
        *) PATH=$PATH:$kw_dir ;;
        esac
    done
    export PATH
    # shellcheck disable=SC2034 # the scripts use it
    KW_ROOT=${KWIZARD_ROOT:-/var/lib/kwizard}
    kw_watcher=
    printf '%s\n' "$KW_MARK"
    printf '%s\n' "$KW_MARK" >&2
    [ "$KW_WATCH" = 0 ] || kw_watch
    (kw_script)
    kw_status=$?
    [ -z "$kw_watcher" ] || kill "$kw_watcher" 2>/dev/null
    exit "$kw_status"
}
