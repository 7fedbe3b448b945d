{% include "classic/network/lease.inc.sh" %}

drop_in=/etc/systemd/system/docker.service.d/zz-kwizard-flannel.conf

{% include "classic/network/docker-command.inc.sh" %}

# docker's own command line with the subnet and the MTU of the lease put after it.
wanted() {
    command=$(command_of_docker)
    [ -n "$command" ] || return 1
    cat <<DROPIN
# Written by kwizard: docker takes its subnet from flannel's lease. The unit itself is left as the
# package has it, so an update of the package neither loses nor overwrites this.
[Service]
ExecStart=
ExecStart=$command --bip=$FLANNEL_SUBNET --mtu=$FLANNEL_MTU
DROPIN
}
