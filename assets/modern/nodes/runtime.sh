# Puts containerd into {{ bin }} and the CNI plugins into /opt/cni/bin. What a distribution's package
# has in /usr/bin stays untouched; runc is the host's own.
set -eu
{% include "modern/lib/say.sh" %}

{% include "common/keep.sh" %}

# Out of an unpacked archive into a place, each by a rename: FROM TO PROGRAM...
take() {
    from=$1
    to=$2
    shift 2
    for program in "$@"; do
        found=$(find "$from" -type f -name "$program" | head -n 1)
        [ -n "$found" ] || fail "the archive holds no program called $program"
        keep "$to/$program"
        cmp -s "$found" "$to/$program" && continue
        cp "$found" "$to/.$program.new"
        chmod 755 "$to/.$program.new"
        mv -f "$to/.$program.new" "$to/$program"
    done
}
keep{% for plugin in plugins %} /opt/cni/bin/{{ plugin }}{% endfor %}

mkdir -p {{ bin }} /opt/cni/bin
staging=$(mktemp -d /var/lib/kwizard/artifacts/.runtime.XXXXXX) || fail "cannot write to /var/lib/kwizard"
trap 'rm -rf "$staging"' EXIT
{% if cluster.runtime.containerd %}
mkdir "$staging/containerd"
tar -xf {{ containerd_tarball }} -C "$staging/containerd" || fail "the archive of containerd cannot be unpacked"
take "$staging/containerd" {{ bin }} containerd containerd-shim-runc-v2 ctr
{% endif %}
{% if cluster.runtime.cni_plugins %}
mkdir "$staging/cni"
tar -xf {{ cni_tarball }} -C "$staging/cni" || fail "the archive of the CNI plugins cannot be unpacked"
take "$staging/cni" /opt/cni/bin {{ plugins | words }}
{% endif %}
for file in {{ bin }}/containerd {{ bin }}/containerd-shim-runc-v2 {{ bin }}/ctr{% for plugin in plugins %} /opt/cni/bin/{{ plugin }}{% endfor %}; do
    [ -x "$file" ] || fail "$file is missing: name runtime.containerd and runtime.cni_plugins in the cluster file"
done
said=$({{ bin }}/containerd --version 2>&1) || fail "containerd does not run on this host ($(uname -m))"
case $said in
    *' v'[2-9].* | *' '[2-9].*) echo "$said" ;;
    *) fail "containerd from {{ facts.containerd }} on is needed, and this one says: $said" ;;
esac
