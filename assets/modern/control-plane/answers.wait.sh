# Whether the API server takes requests: systemd is told so by the server itself.
set -eu

state=$(systemctl is-active kube-apiserver.service) || {
    echo "kube-apiserver is $state"
    exit 1
}
echo "kube-apiserver answers"
