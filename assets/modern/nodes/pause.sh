# Gives containerd the image that holds a pod's network and other namespaces.
set -eu
{% set image = pause_image %}
{% set archive = pause_archive %}
{% set brought = cluster.images.pause_archive %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/image.sh" %}
