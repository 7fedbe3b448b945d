# Puts the programs this host needs into {{ bin }}: first beside their places, then, when each has
# told its version, into them by a rename, so that none is ever half there.
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/release/programs.inc.sh" %}

if in_place; then
    echo "the programs of {{ cluster.version }} are in {{ bin }} already"
    exit 0
fi
[ -r {{ release_tarball }} ] || fail "{{ release_tarball }} is not on this host"
rm -rf {{ bin }}/.kwizard-release.*
staging=$(mktemp -d {{ bin }}/.kwizard-release.XXXXXX) || fail "cannot write to {{ bin }}"
trap 'rm -rf "$staging"' EXIT

errors=$(tar -xzmf {{ release_tarball }} -C "$staging" \
{% for program in programs(host) %}
    kubernetes/server/bin/{{ program }} \
{% endfor %}
    2>&1) || {
    echo "$errors" >&2
    case $errors in
        *'No space left'*) fail "no space left on the file system of {{ bin }}" ;;
        *) fail "the release cannot be unpacked: $(echo "$errors" | grep . | head -n 1)" ;;
    esac
}
for program in {{ programs(host) | words }}; do
    file=$staging/kubernetes/server/bin/$program
    chmod 755 "$file"
    chown 0:0 "$file"
    case $program in
        kubectl) said=$("$file" version --client 2>&1) || true ;;
        *) said=$("$file" --version 2>&1) || true ;;
    esac
    case "$said " in
        *[!0-9.]{{ cluster.version }}[!0-9.]*) ;;
        *) fail "$program is not of version {{ cluster.version }}, or not for $(uname -m); it says: $(echo "$said" | head -n 1)" ;;
    esac
done
{% include "common/keep.sh" %}

for program in {{ programs(host) | words }}; do
    keep "{{ bin }}/$program"
    mv -f "$staging/kubernetes/server/bin/$program" "{{ bin }}/$program"
    echo "{{ bin }}/$program {{ cluster.version }}"
done
programs_now >"$record.new"
mv -f "$record.new" "$record"
