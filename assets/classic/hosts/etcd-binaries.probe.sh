# Whether etcd and etcdctl are in /usr/bin.
set -eu
for program in etcd etcdctl; do
    if [ ! -x "/usr/bin/$program" ]; then
        echo "/usr/bin/$program is missing"
        exit 1
    fi
done
echo "etcd and etcdctl are in /usr/bin"
