# Puts what this host needs of etcd into {{ bin }}: etcd where a member {{ "or a gateway to the API servers " | own if gateway }}is to run, and etcdctl.
set -eu
{% include "modern/lib/say.sh" %}

{% if cluster.etcd.binaries %}
{% include "common/keep.sh" %}

staging=$(mktemp -d {{ bin }}/.kwizard-etcd.XXXXXX) || fail "cannot write to {{ bin }}"
trap 'rm -rf "$staging"' EXIT
tar -xf {{ etcd_binaries }} -C "$staging" || fail "the archive of etcd cannot be unpacked"
set -- {{ etcd_programs(host) | words }}
for program in "$@"; do
    found=$(find "$staging" -type f -name "$program" | head -n 1)
    [ -n "$found" ] || fail "the archive of etcd holds no program called $program"
    chmod 755 "$found"
    chown 0:0 "$found"
    keep "{{ bin }}/$program"
    cmp -s "$found" "{{ bin }}/$program" || mv -f "$found" "{{ bin }}/$program"
done
{% else %}
set -- {{ etcd_programs(host) | words }}
for program in "$@"; do
    [ -x "{{ bin }}/$program" ] ||
        fail "{{ bin }}/$program is missing: name etcd.binaries in the cluster file ({{ cluster.version }} is made for etcd {{ facts.etcd }})"
done
{% endif %}
version=$({{ bin }}/etcdctl version 2>&1) || fail "etcdctl does not run on this host ($(uname -m))"
case $version in
    *': 3.'[6-9]*) ;;
    *) fail "etcd from 3.6 on is needed, and this one says: $(echo "$version" | head -n 1)" ;;
esac
echo "$version" | head -n 1
