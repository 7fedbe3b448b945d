# docker run, docker load and docker import; sourced after docker.sh.
# shellcheck shell=sh

# docker_run OPTIONS IMAGE COMMAND...
docker_run() {
    id=$(new_id)
    made=$CONTAINERS/.$id
    mkdir -p "$made"
    for name in env labels ports command; do : >"$made/$name"; done
    echo no >"$made/restart"
    echo TERM >"$made/stop-signal"
    echo default >"$made/network"
    name='' entrypoint='' detached=''
    while [ "$#" -gt 0 ]; do
        case $1 in
        --*=*)
            option=${1%%=*}
            value=${1#*=}
            shift
            set -- "$option" "$value" "$@"
            ;;
        esac
        case $1 in
        -d | --detach) detached=yes ;;
        -i | -t | -it | --rm | --privileged | --init) ;;
        --name) name=$2 && shift ;;
        --restart) echo "$2" >"$made/restart" && shift ;;
        --net | --network) echo "$2" >"$made/network" && shift ;;
        --stop-signal) echo "${2#SIG}" >"$made/stop-signal" && shift ;;
        -e | --env) echo "$2" >>"$made/env" && shift ;;
        -l | --label) echo "$2" >>"$made/labels" && shift ;;
        -p | --publish) echo "${2##*:}" >>"$made/ports" && shift ;;
        --entrypoint) entrypoint=$2 && shift ;;
        -v | --volume | --mount | -w | --workdir | -u | --user) shift ;;
        -*)
            rm -rf "$made"
            die "unknown flag: $1"
            ;;
        *) break ;;
        esac
        shift
    done
    [ "$#" -gt 0 ] || die '"docker run" requires at least 1 argument.'
    [ -n "$name" ] || name=rehearsal_$(echo "$id" | cut -c 1-6)
    if other=$(container_of "$name"); then
        rm -rf "$made"
        die "docker: Error response from daemon: Conflict. The container name \"/$name\" is already in use by container \"${other##*/}\"."
    fi
    image=$(image_of "$1") || {
        rm -rf "$made"
        echo "Unable to find image '$1' locally" >&2
        die "docker: Error response from daemon: Get \"https://$1\": dial tcp: lookup registry: no such host."
    }
    echo "$1" >"$made/image"
    shift
    [ -z "$entrypoint" ] || set -- "$entrypoint" "$@"
    [ "$#" -gt 0 ] || set -- "$(cat "$image/command")"
    printf '%s\n' "$@" >"$made/command"
    echo "$name" >"$made/name"
    cat "$image/id" >"$made/image-id"
    echo "$image/rootfs" >"$made/rootfs"
    date -u +%Y-%m-%dT%H:%M:%S.000000000Z >"$made/created"
    mv "$made" "$CONTAINERS/$id"
    container_start "$CONTAINERS/$id"
    if [ -n "$detached" ]; then
        echo "$id"
        return
    fi
    while container_runs "$CONTAINERS/$id"; do sleep 0.05; done
    cat "$CONTAINERS/$id/log"
}

# docker_load FILE: a docker archive.
docker_load() {
    unpacked=$(mktemp -d "$IMAGES/.load.XXXXXX")
    if ! tar --no-same-owner -xf "$1" -C "$unpacked" 2>/dev/null || [ ! -s "$unpacked/manifest.json" ]; then
        rm -rf "$unpacked"
        die "open /var/lib/docker/tmp/docker-import/manifest.json: no such file or directory"
    fi
    pause 1.2
    tag=$(sed -n 's/.*"RepoTags": *\["\([^"]*\)".*/\1/p' "$unpacked/manifest.json")
    config=$(sed -n 's/.*"Config": *"\([^"]*\)".*/\1/p' "$unpacked/manifest.json")
    layer=$(sed -n 's/.*"Layers": *\["\([^"]*\)".*/\1/p' "$unpacked/manifest.json")
    id=${config%.json}
    made=$(mktemp -d "$IMAGES/.image.XXXXXX")
    mkdir "$made/rootfs"
    tar --no-same-owner -xf "$unpacked/$layer" -C "$made/rootfs"
    echo "$id" >"$made/id"
    echo "$tag" >"$made/name"
    : >"$made/labels"
    sed -n 's/.*"Cmd": *\["\([^"]*\)".*/\1/p' "$unpacked/$config" >"$made/command"
    rm -rf "$unpacked" "${IMAGES:?}/$id"
    mv "$made" "$IMAGES/$id"
    echo "Loaded image: $tag"
}

# docker_import [--change TEXT]... FILE|- NAME: a tar of a whole file system.
docker_import() {
    labels=
    while [ "$#" -gt 0 ]; do
        case $1 in
        --change=* | -c=*) change=${1#*=} ;;
        --change | -c) change=$2 && shift ;;
        *) break ;;
        esac
        case $change in "LABEL "*) labels="$labels${change#LABEL }
" ;; esac
        shift
    done
    id=$(new_id)
    made=$IMAGES/.$id
    mkdir -p "$made/rootfs"
    case $1 in
    -) tar --no-same-owner -xf - -C "$made/rootfs" 2>/dev/null ;;
    *) tar --no-same-owner -xf "$1" -C "$made/rootfs" 2>/dev/null ;;
    esac || {
        rm -rf "$made"
        die "Error response from daemon: invalid tar header"
    }
    echo "$id" >"$made/id"
    case ${2:-} in *:*) echo "$2" ;; *) echo "$2:latest" ;; esac >"$made/name"
    printf '%s' "$labels" >"$made/labels"
    : >"$made/command"
    mv "$made" "$IMAGES/$id"
    echo "sha256:$id"
}
