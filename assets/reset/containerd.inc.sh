{% include "reset/lib.sh" %}

unit=/etc/systemd/system/containerd.service

left() {
    ! grep -qs '^# Written by kwizard' "$unit" || echo "containerd.service"
    if written | grep -qxF "$unit" && [ ! -e "$saved/containerd-given-back" ]; then
        echo "images and containers of the namespace k8s.io"
    fi
}
