# Whether the kernel passes packets on, now and after a boot.
set -eu
{% include "modern/lib/holds.sh" %}

{% include "modern/hosts/kernel.inc.sh" %}

holds "$modules" "$(modules_text)"
holds "$settings" "$(settings_text)"
for file in net/ipv4/ip_forward net/bridge/bridge-nf-call-iptables; do
    if [ "$(cat "/proc/sys/$file" 2>/dev/null)" != 1 ]; then
        echo "$file is not 1"
        exit 1
    fi
done
echo "packets are passed on"
