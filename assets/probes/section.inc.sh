# What follows is printed in sections: "@NAME", then every line of what a command said behind a "|"
# (so that nothing it says can be taken for the next section), then "=" and its exit status.
export LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

if timeout 1 true 2>/dev/null; then
    within() { timeout "$@"; }
else
    within() { shift; "$@"; }
fi

# For what prints JSON: a warning beside it would spoil it.
quiet() { "$@" 2>/dev/null; }

section() {
    printf '@%s\n' "$1"
    shift
    status=0
    text=$("$@" </dev/null 2>&1) || status=$?
    printf '%s\n' "$text" | head -c "${limit:-65536}" | sed 's/^/|/'
    printf '\n=%s\n' "$status"
}
