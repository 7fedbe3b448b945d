# Removes the files that kwizard wrote, and puts back what was in their places: programs (unless they
# are to stay), certificates, configuration, the names in /etc/hosts, and the data of etcd and the
# kubelet. Whatever else lies beside them stays.
set -eu
{% include "reset/files.inc.sh" %}

# Other lines may have come since, so only the block goes. What was there before to the byte is so again.
if grep -qs '^# kwizard: hosts of ' /etc/hosts; then
    rest=$(sed '/^# kwizard: hosts of /,/^# kwizard: end$/d' /etc/hosts)
    if [ "$rest" = "$(cat "$saved/files/etc/hosts" 2>/dev/null)" ]; then
        cat "$saved/files/etc/hosts" >/etc/hosts
    else
        printf '%s\n' "$rest" >/etc/hosts
    fi
    echo "removed the names of the hosts from /etc/hosts"
fi

written | while IFS= read -r file; do
    [ "$file" = /etc/hosts ] || stays "$file" || ! is_left "$file" || put_back "$file"
done
systemctl daemon-reload

# A directory that others put something into by now stays.
fresh | while IFS= read -r entry; do
    case " $data " in *" $entry "*) continue ;; esac
    rm -rf "$entry"
    echo "removed $entry"
done
# Without a note of how the host was, an empty directory may be anybody's.
if [ -d "$before" ]; then
    for place in $data; do
        as_before "$place"
    done
    # Made by the kubelet for plugins that nobody has brought.
    was_there /usr/libexec/kubernetes ||
        find /usr/libexec/kubernetes -depth -type d -empty -delete 2>/dev/null || true
    # Made by containerd and kubectl where they were not there.
    for place in /etc/cni/net.d /etc/cni /run/netns; do
        as_before "$place"
    done
    if [ -d /root/.kube ]; then
        rm -rf /root/.kube/cache/discovery/127.0.0.1_8080
        was_there /root/.kube || rm -rf /root/.kube/cache /root/.kube/http-cache
        as_before /root/.kube
    fi
    was_there /run/dockershim.sock || rm -f /run/dockershim.sock
fi
rm -rf /usr/bin/.kwizard-* /usr/local/bin/.kwizard-*
cat "$saved/made" "$kept/made" 2>/dev/null | sort -ru | while IFS= read -r directory; do
    rmdir "$directory" 2>/dev/null || true
done

{% if keep_programs %}
{% include "reset/keep-programs.sh" %}

{% endif %}
found=$(left)
[ -z "$found" ] || fail "still here: $(printf '%s\n' "$found" | some)"
echo "no file of kwizard is left{{ " but the programs" | own if keep_programs }}"
