# What turns flannel's lease into the CNI's configuration, at every start of flanneld.
conflist_script() {
    cat <<'SCRIPT'
#!/bin/sh
# Written by kwizard. Pods get addresses of the subnet that flannel leased for this host, on a bridge
# with flannel's MTU.
set -eu
. /run/flannel/subnet.env
subnet=${FLANNEL_SUBNET%.*}.0/${FLANNEL_SUBNET#*/}
mkdir -p {{ cni_config.rpartition("/")[0] }}
cat >{{ cni_config }}.new <<CONFLIST
{
  "cniVersion": "1.0.0",
  "name": "kwizard",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "cni0",
      "isGateway": true,
      "ipMasq": false,
      "hairpinMode": true,
      "mtu": $FLANNEL_MTU,
      "ipam": {
        "type": "host-local",
        "ranges": [[{"subnet": "$subnet"}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
CONFLIST
cmp -s {{ cni_config }}.new {{ cni_config }} || mv -f {{ cni_config }}.new {{ cni_config }}
rm -f {{ cni_config }}.new
SCRIPT
}
conflist=/usr/local/lib/kwizard/cni-conflist
