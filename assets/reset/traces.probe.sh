# Whether kwizard's own directory is on this host: what was run here, and what was kept for a reset.
set -eu

if [ -e /var/lib/kwizard ]; then
    echo "to be removed: /var/lib/kwizard"
    exit 1
fi
echo "kwizard keeps nothing here"
