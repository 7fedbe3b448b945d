saved=/var/lib/kwizard/saved
before=$saved/before
# What an earlier reset noted of the programs it left here.
kept=/var/lib/kwizard/kept

# Ends the script with one sentence for the operator.
fail() {
    echo "kwizard: $*" >&2
    exit 1
}

# Succeeds when the installation noted that PATH, a directory or a name in one, was there before it.
was_there() {
    grep -qxF "name $1" "$before/directories" 2>/dev/null ||
        grep -q "^directory $1 " "$before/directories" 2>/dev/null
}

# Succeeds when unit $1 was in state $2 before: enabled, active.
was() {
    awk -v unit="$1" -v state="$2" '$1 == unit && ($2 == state || $3 == state) { found = 1 }
        END { exit !found }' "$before/units" 2>/dev/null
}

# The files that kwizard wrote, as its steps noted them.
written() {
    cat "$saved/written" "$kept/written" 2>/dev/null || true
}

# The units that kwizard wrote, by the line at their top.
our_units() {
    grep -ls '^# Written by kwizard' /etc/systemd/system/*.service 2>/dev/null | sed 's#.*/##' || true
}

# Sets former to the copy of what was at PATH before kwizard wrote it; fails where nothing was.
had() {
    for former in "$saved/files$1" "$kept/files$1"; do
        if [ -e "$former" ] || [ -L "$former" ]; then return 0; fi
    done
    return 1
}

# Puts back what was at PATH before kwizard wrote it, or removes it where nothing was.
put_back() {
    if had "$1"; then
        cp -a "$former" "$1.kwizard-back"
        mv -f "$1.kwizard-back" "$1"
        echo "put back $1"
    elif [ -e "$1" ] || [ -L "$1" ]; then
        rm -f "$1"
        echo "removed $1"
    fi
}

# Succeeds while a file that kwizard wrote is still as it left it: nothing to put back otherwise.
is_left() {
    if had "$1"; then
        if cmp -s "$former" "$1"; then return 1; fi
    elif [ ! -e "$1" ] && [ ! -L "$1" ]; then
        return 1
    fi
}

# Gives a directory its former mode and owner, or removes it where it was not there and is empty.
as_before() {
    was=$(sed -n "s#^directory $1 \([0-7]*\) \([0-9]*\) \([0-9]*\)\$#\1 \2:\3#p" "$before/directories" 2>/dev/null)
    if [ -n "$was" ] && [ -d "$1" ]; then
        chmod "${was% *}" "$1"
        chown "${was#* }" "$1"
    elif ! was_there "$1"; then
        rmdir "$1" 2>/dev/null || true
    fi
}

# Removes what is in a directory and was not there before.
empty() {
    for entry in "$1"/* "$1"/.[!.]*; do
        [ -e "$entry" ] || [ -L "$entry" ] || continue
        was_there "$entry" || rm -rf "$entry"
    done
    as_before "$1"
}

# At most a few of the lines on standard input, as one line.
some() {
    awk '{ line = line (NR > 1 ? ", " : "") $0 } NR == 12 { exit } END { print line }' | cut -c 1-250
}
