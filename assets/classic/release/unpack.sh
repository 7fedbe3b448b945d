# Unpacks the programs this host needs into /usr/bin, as the article does: first beside their places,
# then, when each has told its version, into them by a rename, so that none is ever half there.
set -eu
{% include "classic/lib/say.sh" %}

{% include "classic/release/programs.inc.sh" %}

if in_place; then
    echo "the programs of {{ cluster.version }} are in /usr/bin already"
    exit 0
fi
[ -r {{ release_tarball }} ] || fail "{{ release_tarball }} is not on this host"
rm -rf /usr/bin/.kwizard-release.*
staging=$(mktemp -d /usr/bin/.kwizard-release.XXXXXX) || fail "cannot write to /usr/bin"
trap 'rm -rf "$staging"' EXIT

errors=$(tar -xzmf {{ release_tarball }} -C "$staging" \
{% for program in programs(host) %}
    kubernetes/server/bin/{{ program }} \
{% endfor %}
    2>&1) || {
    echo "$errors" >&2
    case $errors in
        *'No space left'*) fail "no space left on the file system of /usr/bin" ;;
        *) fail "the release cannot be unpacked: $(echo "$errors" | grep . | head -n 1)" ;;
    esac
}

# The machine a program was made for, as number 18 and 19 of its bytes tell.
made_for() {
    od -An -tu1 -j18 -N2 "$1" | tr -s ' '
}
for program in {{ programs(host) | words }}; do
    file=$staging/kubernetes/server/bin/$program
    chmod 755 "$file"
    [ "$(head -c 2 "$file")" = '#!' ] || [ "$(made_for "$file")" = "$(made_for /proc/self/exe)" ] ||
        fail "the release is for another architecture: its $program does not run on $(uname -m)"
    case $program in
        kubectl) said=$("$file" version --client 2>&1) || true ;;
        *) said=$("$file" --version 2>&1) || true ;;
    esac
    case "$said " in
        *[!0-9.]{{ cluster.version }}[!0-9.]*) ;;
        *) fail "$program is not of version {{ cluster.version }}; it says: $(echo "$said" | head -n 1)" ;;
    esac
done
{% include "common/keep.sh" %}

for program in {{ programs(host) | words }}; do
    keep "/usr/bin/$program"
    chown 0:0 "$staging/kubernetes/server/bin/$program"
    mv -f "$staging/kubernetes/server/bin/$program" "/usr/bin/$program"
    echo "/usr/bin/$program {{ cluster.version }}"
done
programs_now >"$record.new"
mv -f "$record.new" "$record"
