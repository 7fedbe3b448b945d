# Whether what this host needs of etcd is in {{ bin }}.
set -eu
set -- {{ etcd_programs(host) | words }}
for program in "$@"; do
    if [ ! -x "{{ bin }}/$program" ]; then
        echo "{{ bin }}/$program is missing"
        exit 1
    fi
done
{% if cluster.etcd.binaries %}
if [ ! -e /var/lib/kwizard/steps/hosts.etcd-binaries ]; then
    echo "etcd is there, but was not put there by this step"
    exit 1
fi
{% endif %}
echo "etcd's programs are in {{ bin }}"
