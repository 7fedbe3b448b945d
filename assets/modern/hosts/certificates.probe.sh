# Whether the certificates and keys of this host are there. Whether they are the right ones, the
# record of the step that put them there tells.
set -eu
for name in {{ pki_files(host) | words }}; do
    if [ ! -s "{{ pki }}/$name" ]; then
        echo "{{ pki }}/$name is missing"
        exit 1
    fi
    case $name in
        *.key) [ "$(stat -c %a "{{ pki }}/$name")" = 600 ] || {
            echo "{{ pki }}/$name can be read by others"
            exit 1
        } ;;
    esac
done
{% if "ca.key" not in pki_files(host) %}
if [ -e {{ pki }}/ca.key ]; then
    echo "the key of the cluster's authority is here, and is not needed"
    exit 1
fi
{% endif %}
echo "{{ pki_files(host) | length }} files are in {{ pki }}"
