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

# Programs that stay where they are, since it was asked for.
stays() {
{% if keep_programs %}
    case $1 in
        /usr/local/bin/* | /usr/bin/* | /opt/cni/bin/*) [ -x "$1" ] ;;
        *) return 1 ;;
    esac
{% else %}
    return 1
{% endif %}
}

left() {
    if grep -qs '^# kwizard: hosts of ' /etc/hosts; then echo "names in /etc/hosts"; fi
    written | while IFS= read -r file; do
        [ "$file" = /etc/hosts ] || stays "$file" || ! is_left "$file" || echo "$file"
    done
    fresh
{% if keep_programs %}
    [ ! -e "$saved/written" ] || echo "notes of files that are gone"
{% endif %}
}
