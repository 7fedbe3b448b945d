#!/bin/sh
# Gives a practice host its name, addresses and logins. Runs inside its root (chroot), before it starts.
#
# Environment: LAB_HOST, LAB_ADDRESS, LAB_SECOND_ADDRESS, LAB_GATEWAY, LAB_KEY (a public key),
# LAB_PASSWORD, LAB_HOSTS (lines for /etc/hosts).
set -eu

if [ ! -e /etc/lab-net ]; then
    echo "$LAB_HOST" >/etc/hostname
    printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n' >/etc/hosts
    for home in /root /home/op; do
        echo "$LAB_KEY" >"$home/.ssh/authorized_keys"
        chmod 600 "$home/.ssh/authorized_keys"
    done
    chown op:op /home/op/.ssh/authorized_keys
    # A cheap hash: the password is random, and slow ones cost a start most of its time.
    echo "op:$LAB_PASSWORD" | chpasswd --crypt-method SHA512 --sha-rounds 1000
    printf 'ADDRESS=%s/24\nSECOND_ADDRESS=%s/24\nGATEWAY=%s\n' \
        "$LAB_ADDRESS" "$LAB_SECOND_ADDRESS" "$LAB_GATEWAY" >/etc/lab-net
fi
# Hosts may have joined since; what others wrote into the file stays.
echo "$LAB_HOSTS" | while read -r line; do
    grep -qxF "$line" /etc/hosts || echo "$line" >>/etc/hosts
done
