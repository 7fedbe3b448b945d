# Gives containerd the image of the cluster's DNS server.
set -eu
{% set image = coredns_image %}
{% set archive = coredns_archive %}
{% set brought = cluster.images.coredns_archive %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/image.sh" %}
