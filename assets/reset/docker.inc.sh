{% include "reset/lib.sh" %}

drop_in=/etc/systemd/system/docker.service.d/zz-kwizard-flannel.conf

answers() {
    command -v docker >/dev/null 2>&1 && docker version >/dev/null 2>&1
}

# Containers of kwizard by their label, and pods' by the name the kubelet gives them: ID NAME.
containers() {
    {
        docker ps --all --filter label=kwizard.cluster --format '{% raw %}{{.ID}} {{.Names}}{% endraw %}'
        docker ps --all --filter 'name=^/?k8s_' --format '{% raw %}{{.ID}} {{.Names}}{% endraw %}'
    } 2>/dev/null | sort -u
}

# Images that docker was given by kwizard: those it made, and those its steps noted.
images() {
    docker image ls --format '{% raw %}{{.Repository}}:{{.Tag}}{% endraw %}' kwizard-ping 2>/dev/null
    [ -e "$saved/images" ] || return 0
    sort -u "$saved/images" | while read -r image; do
        ! docker image inspect "$image" >/dev/null 2>&1 || echo "$image"
    done
}

left() {
    [ ! -e "$saved/docker" ] || echo "what kwizard did with docker"
    [ ! -e "$drop_in" ] || echo "$drop_in"
    if [ -d "$saved" ] && answers; then
        containers | sed 's/^[^ ]* /container /'
        images | sed 's/^/image /'
    fi
}
