# Whether flanneld is in /usr/bin.
set -eu
if [ ! -x /usr/bin/flanneld ]; then
    echo "/usr/bin/flanneld is missing"
    exit 1
fi
echo "/usr/bin/flanneld is there"
