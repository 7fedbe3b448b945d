{% include "common/keep.sh" %}

# Writes a file as a whole, unless it holds that text already: PATH MODE TEXT.
changed=''
put() {
    if [ -e "$1" ] && [ "$(cat "$1")" = "$3" ]; then
        chmod "$2" "$1"
        return
    fi
    keep "$1"
    [ -d "${1%/*}" ] || mkdir -p "${1%/*}"
    printf '%s\n' "$3" >"$1.new"
    chmod "$2" "$1.new"
    mv -f "$1.new" "$1"
    changed=yes
    echo "wrote $1"
}
