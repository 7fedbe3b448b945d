# Whether it is noted how this host was before the installation.
set -eu
if [ ! -e /var/lib/kwizard/saved/before/noted ]; then
    echo "how this host was before is not noted yet"
    exit 1
fi
echo "how this host was before is noted in /var/lib/kwizard/saved"
