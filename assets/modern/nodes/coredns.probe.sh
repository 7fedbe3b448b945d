# Whether containerd has the image {{ coredns_image }}.
set -eu
if [ ! -S /run/containerd/containerd.sock ] || [ -z "$({{ bin }}/ctr --namespace k8s.io --timeout 5s images list -q name=={{ coredns_image }} 2>/dev/null)" ]; then
    echo "containerd has no image {{ coredns_image }}, or does not answer"
    exit 1
fi
echo "containerd has {{ coredns_image }}"
