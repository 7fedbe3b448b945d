# Notes that kwizard writes these files, and keeps what was there before, so that a reset can put it
# back. To be called before a file, or the directory it goes to, is made.
keep() {
    for kept in "$@"; do
        ! grep -qxF "$kept" /var/lib/kwizard/saved/written 2>/dev/null || continue
        (umask 077 && mkdir -p "/var/lib/kwizard/saved/files${kept%/*}")
        if [ -e "$kept" ] || [ -L "$kept" ]; then
            cp -a "$kept" "/var/lib/kwizard/saved/files$kept"
        fi
        above=${kept%/*}
        while [ -n "$above" ] && [ ! -d "$above" ]; do
            echo "$above" >>/var/lib/kwizard/saved/made
            above=${above%/*}
        done
        echo "$kept" >>/var/lib/kwizard/saved/written
    done
}
