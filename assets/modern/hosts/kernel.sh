# Lets the kernel pass packets on between pods and hosts, now and after every boot: flannel, the
# CNI's bridge and kube-proxy all rest on it, and none of them sets it reliably.
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/hosts/kernel.inc.sh" %}

# In a kernel with everything built in, and inside a container, there is nothing to load: what
# counts is that it is there.
grep -qw overlay /proc/filesystems || modprobe overlay || true
[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || modprobe br_netfilter || true
grep -qw overlay /proc/filesystems || fail "the kernel has no overlay file system, which containerd needs"
[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || fail "the kernel has no module br_netfilter"

put "$modules" 644 "$(modules_text)"
put "$settings" 644 "$(settings_text)"
sysctl -q -p "$settings" || fail "a setting of $settings was refused"
echo "packets are passed on${changed:+, and will be after a boot}"
