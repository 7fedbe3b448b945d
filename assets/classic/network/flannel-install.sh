# Puts flanneld into /usr/bin.
set -eu
{% include "classic/lib/say.sh" %}

{% include "classic/network/flannel-version.inc.sh" %}

{% include "common/keep.sh" %}

{% if cluster.flannel.binary %}
staging=$(mktemp -d /usr/bin/.kwizard-flannel.XXXXXX) || fail "cannot write to /usr/bin"
trap 'rm -rf "$staging"' EXIT
# What was brought here is the program itself, or flannel's archive with the program in it.
if tar -xf {{ flannel_binary }} -C "$staging" 2>/dev/null; then
    found=$(find "$staging" -type f \( -name flanneld -o -name flannel -o -name 'flanneld-*' \) | head -n 1)
    [ -n "$found" ] || fail "the archive of flannel holds no flanneld"
else
    cp {{ flannel_binary }} "$staging/flanneld"
    found=$staging/flanneld
fi
chmod 755 "$found"
verdict=$(fits "$found") || fail "$(echo "$verdict" | sed "s#$staging/##")"
keep /usr/bin/flanneld
mv -f "$found" /usr/bin/flanneld
{% else %}
if ! command -v flanneld >/dev/null 2>&1; then
    if command -v dnf >/dev/null 2>&1; then
        dnf install -y flannel || fail "flanneld is missing and dnf has no package flannel"
    elif command -v yum >/dev/null 2>&1; then
        yum install -y flannel || fail "flanneld is missing and yum has no package flannel"
    else
        fail "flanneld is missing, and this distribution packages none: name flannel.binary in the cluster file"
    fi
fi
found=$(command -v flanneld) || fail "flanneld is still missing"
[ "$found" = /usr/bin/flanneld ] || keep /usr/bin/flanneld
[ "$found" = /usr/bin/flanneld ] || ln -sf "$found" /usr/bin/flanneld
{% endif %}
verdict=$(fits /usr/bin/flanneld) || fail "$verdict"
echo "$verdict"
