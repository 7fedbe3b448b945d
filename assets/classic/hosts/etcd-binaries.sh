# Puts etcd and etcdctl into /usr/bin, out of the archive that was brought to this host.
set -eu
{% include "classic/lib/say.sh" %}

{% include "common/keep.sh" %}

staging=$(mktemp -d /usr/bin/.kwizard-etcd.XXXXXX)
trap 'rm -rf "$staging"' EXIT
tar -xf {{ etcd_binaries }} -C "$staging" || fail "the archive of etcd cannot be unpacked"
for program in etcd etcdctl; do
    found=$(find "$staging" -type f -name "$program" | head -n 1)
    [ -n "$found" ] || fail "the archive of etcd holds no program called $program"
    chmod 755 "$found"
    # Any answer will do: what tells the version differs between the two and over the years.
    status=0
    "$found" --help >/dev/null 2>&1 || status=$?
    [ "$status" -lt 126 ] || fail "$program does not run on this host ($(uname -m))"
    keep "/usr/bin/$program"
    mv -f "$found" "/usr/bin/$program"
done
etcd --version | head -n 1
