# Puts the certificates and keys of this host into {{ pki }}. They were made on the operator's
# side and lie beside this job only while it runs; keys can be read by root alone.
set -eu
{% include "modern/lib/say.sh" %}

{% include "common/keep.sh" %}

for name in {{ pki_files(host) | words }}; do
    keep "{{ pki }}/$name"
done
mkdir -p {{ pki }}
rm -f {{ pki }}/*.new
chmod 755 /etc/kubernetes {{ pki }}
for name in {{ pki_files(host) | words }}; do
    [ -s "${KWIZARD_JOB_DIR:-}/$name" ] || fail "$name was not sent with this job"
done
{% if cluster.apiserver.encrypt_secrets and "control-plane" in host.roles %}
# Secrets in etcd rest on this one, and it cannot be made again.
if [ -s {{ pki }}/encryption.key ] && ! cmp -s "$KWIZARD_JOB_DIR/encryption.key" {{ pki }}/encryption.key; then
    fail "Secrets are encrypted with another key on this host: put pki/encryption.key back from a backup"
fi
{% endif %}
for name in {{ pki_files(host) | words }}; do
    if [ -e "{{ pki }}/$name" ] && cmp -s "$KWIZARD_JOB_DIR/$name" "{{ pki }}/$name"; then continue; fi
    case $name in
        *.key) umask 077 ;;
        *) umask 022 ;;
    esac
    cat "$KWIZARD_JOB_DIR/$name" >"{{ pki }}/$name.new"
    mv -f "{{ pki }}/$name.new" "{{ pki }}/$name"
    echo "{{ pki }}/$name"
done
{% if "ca.key" not in pki_files(host) %}
# Here nothing is signed: the key that did, where kubelets asked for certificates once, goes.
rm -f {{ pki }}/ca.key
{% endif %}
