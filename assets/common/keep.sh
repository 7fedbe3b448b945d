# Notes that kwizard writes these files, and keeps what was there before, so that a reset can put it
# back. To be called before a file, or the directory it goes to, is made.
keep() {
    [ -n "${noted+read}" ] || noted=$(cat /var/lib/kwizard/saved/written 2>/dev/null) || noted=''
    [ -d /var/lib/kwizard/saved ] || (umask 077 && mkdir -p /var/lib/kwizard/saved)
    for kept in "$@"; do
        case "
$noted
" in *"
$kept
"*) continue ;; esac
        if [ -e "$kept" ] || [ -L "$kept" ]; then
            (umask 077 && mkdir -p "/var/lib/kwizard/saved/files${kept%/*}")
            cp -a "$kept" "/var/lib/kwizard/saved/files$kept"
        fi
        above=${kept%/*}
        while [ -n "$above" ] && [ ! -d "$above" ]; do
            echo "$above" >>/var/lib/kwizard/saved/made
            above=${above%/*}
        done
        echo "$kept" >>/var/lib/kwizard/saved/written
        noted="$noted
$kept"
    done
}
