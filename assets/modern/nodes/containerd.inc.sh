{% include "modern/lib/cgroup.inc.sh" %}

# Inside a container nobody may shield a process from the kernel's killer, and a pod that asks for it
# does not start. Trying is the only way to know; it is this very shell that tries.
if (echo -1 >/proc/self/oom_score_adj) 2>/dev/null; then restricted=false; else restricted=true; fi

config_text() {
    cat <<CONFIG
# Written by kwizard, which overwrites what is changed here.
version = 3

[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'overlayfs'

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '{{ pause_image }}'

[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = $restricted

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ['/opt/cni/bin']
  conf_dir = '/etc/cni/net.d'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = $systemd_cgroup
CONFIG
}
