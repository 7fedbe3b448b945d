{% include "reset/lib.sh" %}

# Directories whose contents daemons made: what was not in them before goes.
data='{{ data | words }}'

fresh() {
    [ -e "$before/noted" ] || return 0
    for place in $data; do
        was_there "$place" || [ ! -e "$place" ] || echo "$place"
        for entry in "$place"/* "$place"/.[!.]*; do
            [ -e "$entry" ] || [ -L "$entry" ] || continue
            was_there "$entry" || echo "$entry"
        done
    done
}

left() {
    if grep -qs '^# kwizard: hosts of ' /etc/hosts; then echo "names in /etc/hosts"; fi
    written | while IFS= read -r file; do
        [ "$file" = /etc/hosts ] || ! is_left "$file" || echo "$file"
    done
    fresh
}
