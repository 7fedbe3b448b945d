# With cgroup v2 the manager of groups is systemd, and containerd and the kubelet ask it for them.
# With v1 both make theirs themselves: then neither has to know how this host's systemd is kept.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then systemd_cgroup=true; else systemd_cgroup=false; fi
