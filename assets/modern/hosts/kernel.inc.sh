modules_text() {
    cat <<'MODULES'
# Written by kwizard.
overlay
br_netfilter
MODULES
}
settings_text() {
    cat <<'SETTINGS'
# Written by kwizard: packets of pods are passed on, and rules hold for what crosses a bridge too.
net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
SETTINGS
}
settings=/etc/sysctl.d/90-kwizard.conf
modules=/etc/modules-load.d/kwizard.conf
