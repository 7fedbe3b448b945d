# Whether flannel has leased a subnet for this host, and the CNI knows of it.
set -eu
subnet=$(sed -n 's/^FLANNEL_SUBNET=//p' /run/flannel/subnet.env 2>/dev/null) || subnet=''
if [ -z "$subnet" ]; then
    echo "flannel has leased no subnet for this host yet"
    exit 1
fi
if ! grep -q "\"${subnet%.*}\\.0/" {{ cni_config }} 2>/dev/null; then
    echo "{{ cni_config }} does not hold the subnet $subnet yet"
    exit 1
fi
echo "this host has the subnet $subnet"
