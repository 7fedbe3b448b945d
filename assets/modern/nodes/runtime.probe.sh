# Whether containerd and the CNI plugins are in their places.
set -eu
for file in {{ bin }}/containerd {{ bin }}/containerd-shim-runc-v2 {{ bin }}/ctr{% for plugin in plugins %} /opt/cni/bin/{{ plugin }}{% endfor %}; do
    if [ ! -x "$file" ]; then
        echo "$file is missing"
        exit 1
    fi
done
{% if cluster.runtime.containerd or cluster.runtime.cni_plugins %}
if [ ! -e /var/lib/kwizard/steps/nodes.runtime ]; then
    echo "containerd is there, but was not put there by this step"
    exit 1
fi
{% endif %}
echo "containerd and the CNI plugins are there"
