# Takes the cluster's network off this host: interfaces of flannel and the CNI, routes to other hosts'
# pods, chains of kube-proxy, the kubelet, flannel and the CNI, what was opened in firewalld, and
# settings of the kernel that daemons changed. Rules of others stay as they are.
set -eu
{% include "reset/network.inc.sh" %}

for command in iptables ip6tables; do
    # All of a table at once, or nothing. --noflush leaves everything alone that is not named.
    text=$(commands_for "$command")
    [ -z "$text" ] || {
        printf '%s\n' "$text" | "$command-restore" --noflush --wait=10 ||
            fail "$command does not take its rules back"
        echo "removed $(printf '%s\n' "$text" | grep -c '^-X') chains of $command"
    }
done
wrong_policies | while read -r command policy; do
    "$command" -w -P FORWARD "$policy"
    echo "set the policy of FORWARD to $policy ($command)"
done
nft_tables | while read -r _ family name; do
    nft delete table "$family" "$name"
    echo "removed the table $family $name"
done
empty_tables | while read -r _ family name; do
    nft delete table "$family" "$name"
done

links | while read -r link; do
    ip link delete "$link"
    echo "removed the interface $link"
done
routes | while read -r destination _ gateway; do
    ip -4 route delete "$destination" via "$gateway"
    echo "removed the route to $destination"
done
settings | while read -r name former; do
    if printf '%s\n' "$former" >"/proc/sys/$name"; then
        echo "$name is $former again"
    else
        echo "$name cannot be set to $former: it was that before"
    fi
done

# Without a reload, which would wipe rules of others.
firewalld_changes | while read -r when sign zone kind what; do
    kind=${kind%s}
    case $sign$kind in
        -interface) firewall "$when" --zone="$zone" --remove-interface="$what" ;;
        +interface) firewall "$when" --zone="$zone" --change-interface="$what" ;;
        -*) firewall "$when" --zone="$zone" "--remove-$kind=$what" ;;
        *) firewall "$when" --zone="$zone" "--add-$kind=$what" ;;
    esac >/dev/null || echo "firewalld refuses to take back: $when $zone $kind $what"
    echo "firewalld, zone $zone: took back $kind $what ($when)"
done
zone_files | while read -r file; do
    former=$before/etc-firewalld/zones/${file##*/}
    if [ -e "$former" ]; then cp -a "$former" "$file"; else rm -f "$file"; fi
done

found=$(left | grep -v -e '^[a-z]*/' -e '^firewalld: ' -e '^/etc/firewalld' || true)
[ -z "$found" ] || fail "still here: $(printf '%s\n' "$found" | some)"
echo "nothing of the cluster's network is left"
