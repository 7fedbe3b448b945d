# Waits until the kubelet has its certificates, and takes the token away from this host.
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/lib/kubeconfig.inc.sh" %}

{% include "modern/nodes/identity.inc.sh" %}

tries=0
until is_joined && [ -s {{ own_server }} ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || fail "the kubelet has not got its certificates within a minute"
    sleep 0.1
done
# The kubelet wrote one like it when it joined; it is ours from now on, to be known again.
umask 077
identity_text >/etc/kubernetes/kubelet.kubeconfig.new
mv -f /etc/kubernetes/kubelet.kubeconfig.new /etc/kubernetes/kubelet.kubeconfig
rm -f {{ bootstrap }}
echo "the kubelet has its certificates"
