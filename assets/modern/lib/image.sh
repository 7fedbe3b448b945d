{# Needs: image (its name), archive (where it was brought to), brought (whether it was). #}
images() {
    {{ bin }}/ctr --namespace k8s.io --timeout 5s images list -q name=={{ image }} 2>/dev/null
}
# containerd was just started.
tries=0
until [ -S /run/containerd/containerd.sock ] && there=$(images); do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail "containerd does not answer"
    sleep 0.2
done
if [ -n "$there" ]; then
    echo "containerd has {{ image }} already"
    exit 0
fi
{% if brought %}
{{ bin }}/ctr --namespace k8s.io images import --local {{ archive }} || fail "containerd cannot load {{ archive }}"
[ -n "$(images)" ] || fail "the archive holds no image called {{ image }}"
{% else %}
{{ bin }}/ctr --namespace k8s.io images pull {{ image }} || fail "containerd cannot pull {{ image }}"
{% endif %}
