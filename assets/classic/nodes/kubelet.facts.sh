# What only this host can tell.
set --
{% include "classic/lib/name.facts.sh" %}
{% if has("kubelet", "--fail-swap-on") %}

# A kubelet of this version ends on a host with swap unless it is told that swap may stay.
[ "$(wc -l </proc/swaps)" -le 1 ] || set -- "$@" --fail-swap-on=false
{% endif %}
{% if has("kubelet", "--cgroup-driver") %}

# It must group processes the way docker does, or it ends.
[ "$(docker info --format '{% raw %}{{.CgroupDriver}}{% endraw %}' 2>/dev/null)" != systemd ] ||
    set -- "$@" --cgroup-driver=systemd
{% endif %}
