# Whether all members of etcd are healthy and speak the API that is needed.
set -eu
{% include "classic/lib/etcd.sh" %}

{% for endpoint in endpoints %}
if ! healthy {{ endpoint }}; then
    echo "etcd at {{ endpoint }} is not healthy"
    exit 1
fi
{% if needs_v2 %}
if ! fetch {{ endpoint }}/v2/keys >/dev/null; then
    echo "etcd at {{ endpoint }} does not speak the v2 API, which flannel up to 0.17 and Kubernetes up to 1.5 need"
    exit 1
fi
{% endif %}
{% if needs_v3 %}
if ! fetch {{ endpoint }}/version | grep -q '"etcdserver":"[3-9]'; then
    echo "etcd at {{ endpoint }} does not speak the v3 API, which flannel since 0.18 and Kubernetes since 1.6 need"
    exit 1
fi
{% endif %}
{% endfor %}
echo "{{ endpoints | length }} of {{ endpoints | length }} members of etcd are healthy"
