#!/bin/sh
# Turns a fresh Debian tree into the root of a practice host. Runs inside it (chroot), once.
set -eu

# An fstab makes the boot wait for disks; identity is made at the first boot of each host.
rm -f /etc/fstab /etc/hostname /etc/ssh/ssh_host_*
: >/etc/machine-id
rm -f /var/lib/dbus/machine-id
# Nothing outside can be asked, so no name server: looking up a name fails at once.
rm -f /etc/resolv.conf
echo '# The lab has no name server.' >/etc/resolv.conf

# Each host has real directories bound here.
mkdir -p /var/lib/docker /var/lib/containerd /var/lib/kubelet /var/lib/etcd

useradd --create-home --shell /bin/bash --groups sudo op
for home in /root /home/op; do
    install -d -m 700 "$home/.ssh"
done
chown op:op /home/op/.ssh

# Installed, and left to be started by whoever sets the host up.
systemctl disable docker.service docker.socket containerd.service firewalld.service
systemctl enable ssh.service lab-cgroups.service lab-net.service lab-ssh-keys.service
systemctl mask systemd-networkd-wait-online.service getty.target console-getty.service \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service
