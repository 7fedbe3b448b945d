{% include "classic/network/lease.inc.sh" %}

drop_in=/etc/systemd/system/docker.service.d/zz-kwizard-flannel.conf

# docker's own command line out of its unit and other people's drop-ins, with the subnet and the MTU
# of the lease put after it.
wanted() {
    command=$(systemctl cat docker.service 2>/dev/null | awk -v ours="# $drop_in" '
        /^# \// { skip = ($0 == ours) }
        skip { next }
        { while (sub(/\\$/, "")) { if ((getline more) <= 0) break; $0 = $0 more } }
        /^ExecStart=/ { sub(/^ExecStart=/, ""); if ($0 != "") command = $0 }
        END {
            gsub(/[ \t]+--(bip|mtu)=[^ \t]+/, "", command)
            gsub(/[ \t]+/, " ", command)
            sub(/ $/, "", command)
            print command
        }')
    [ -n "$command" ] || return 1
    cat <<DROPIN
# Written by kwizard: docker takes its subnet from flannel's lease. The unit itself is left as the
# package has it, so an update of the package neither loses nor overwrites this.
[Service]
ExecStart=
ExecStart=$command --bip=$FLANNEL_SUBNET --mtu=$FLANNEL_MTU
DROPIN
}
