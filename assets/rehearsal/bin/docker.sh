#!/bin/sh
# Stands in for docker, the client.
# shellcheck disable=SC2034 # full_ids is for docker-inspect.sh
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/docker.sh
. /usr/lib/rehearsal/template.sh
. /usr/lib/rehearsal/docker-inspect.sh
. /usr/lib/rehearsal/docker-run.sh

case ${1:-} in
--version | -v)
    echo "Docker version 20.10.24+rehearsal, build 0000000"
    exit 0
    ;;
'') die "Usage:  docker [OPTIONS] COMMAND" ;;
esac
verb=$1
shift
case $verb in
container | image | network | system | volume)
    verb="$verb ${1:-}"
    [ "$#" -eq 0 ] || shift
    ;;
esac
verb=${verb#container }

# Everything below asks the daemon.
if [ ! -s "$DAEMON/pid" ] || ! alive "$HOST_NAME" "$(cat "$DAEMON/pid")"; then
    case $verb in version) echo "Client: Docker Engine
 Version:           20.10.24+rehearsal" ;; esac
    die "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
fi

CONTAINER_ROW='{{.ID}}   {{.Image}}   ""   -   {{.Status}}   {{.Ports}}   {{.Names}}'
IMAGE_ROW='{{.Repository}}   {{.Tag}}   {{.ID}}   -   -'
format='' all='''' only_ids='' full_ids='' force='' lines=100000
# options "$@": takes the common ones out; what is left is in $rest, one word a line.
rest=
options() {
    rest=
    while [ "$#" -gt 0 ]; do
        case $1 in
        --format=* | -f=*) format=${1#*=} ;;
        --format) format=$2 && shift ;;
        --tail | -n) lines=$2 && shift ;;
        --tail=*) lines=${1#*=} ;;
        --filter | --time | -t | --type) shift ;;
        -f) case $verb in inspect | 'image inspect' | 'network inspect') format=$2 && shift ;; *) force=yes ;; esac ;;
        --force) force=yes ;;
        -a | --all) all=yes ;;
        -q | --quiet) only_ids=yes ;;
        -aq | -qa) all=yes only_ids=yes ;;
        --no-trunc) full_ids=yes ;;
        -*) ;;
        *) rest="$rest$1
" ;;
        esac
        shift
    done
}

# each FUNCTION: calls it with the directory of every container named in $rest.
each() {
    status=0
    for word in $rest; do
        if found=$(container_of "$word"); then
            "$1" "$found" && echo "$word"
        else
            echo "Error: No such container: $word" >&2
            status=1
        fi
    done
    return "$status"
}

remove() {
    if container_runs "$1"; then
        [ -n "$force" ] || die "Error response from daemon: You cannot remove a running container ${1##*/}. Stop the container before attempting removal or force remove"
        container_stop "$1"
    fi
    rm -rf "$1"
}

stop_for_good() {
    : >"$1/stopped"
    container_stop "$1"
}

again() {
    container_stop "$1"
    container_start "$1"
}

# inspect KIND: JSON or a filled template of everything named in $rest.
inspect() {
    status=0 out=
    for word in $rest; do
        if found=$("${1}_of" "$word"); then
            if [ -n "$format" ]; then
                "${1}_facts" "$found" | fill "$format"
            else
                out="$out${out:+,
}$("${1}_json" "$found")"
            fi
        else
            echo "Error: No such $1: $word" >&2
            status=1
        fi
    done
    [ -n "$format" ] || printf '[\n%s\n]\n' "$out"
    return "$status"
}

list() {
    [ -n "$format$only_ids" ] || echo "CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES"
    for container in "$CONTAINERS"/*; do
        [ -d "$container" ] || return 0
        [ -n "$all" ] || container_runs "$container" || continue
        if [ -n "$only_ids" ]; then
            container_facts "$container" | fill '{{.ID}}'
        else
            container_facts "$container" |
                fill "${format:-$CONTAINER_ROW}"
        fi
    done
}

execute() {
    variables=
    while [ "$#" -gt 0 ]; do
        case $1 in
        -e | --env) variables="$variables $2" && shift ;;
        --env=*) variables="$variables ${1#*=}" ;;
        -*) ;;
        *) break ;;
        esac
        shift
    done
    found=$(container_of "$1") || die "Error: No such container: $1"
    container_runs "$found" || die "Error response from daemon: Container ${found##*/} is not running"
    shift
    # shellcheck disable=SC2086 # variables for programs in a container hold no blanks
    exec env $variables /usr/lib/rehearsal/contained "$found" "$@"
}

case $verb in
version)
    options "$@"
    if [ -n "$format" ]; then
        printf '%s\t%s\n' .Server.Version 20.10.24 .Client.Version 20.10.24 | fill "$format"
    else
        printf '%s\n' "Client: Docker Engine" " Version:           20.10.24" "" \
            "Server: Docker Engine" " Engine:" "  Version:          20.10.24"
    fi
    ;;
info | 'system info')
    options "$@"
    if [ -n "$format" ]; then
        printf '%s\t%s\n' .CgroupDriver cgroupfs .ServerVersion 20.10.24 .Driver overlay2 | fill "$format"
    else
        printf ' %s\n' "Server Version: 20.10.24" "Storage Driver: overlay2" \
            "Cgroup Driver: cgroupfs" "Docker Root Dir: /var/lib/docker" "Name: $HOST_NAME"
    fi
    ;;
ps | ls)
    options "$@"
    list
    ;;
run) docker_run "$@" ;;
start)
    options "$@"
    each container_start
    ;;
stop | kill)
    options "$@"
    each stop_for_good
    ;;
restart)
    options "$@"
    each again
    ;;
rm)
    options "$@"
    each remove
    ;;
exec) execute "$@" ;;
inspect)
    options "$@"
    inspect container
    ;;
logs)
    options "$@"
    for word in $rest; do
        found=$(container_of "$word") || die "Error: No such container: $word"
        tail -n "$lines" "$found/log" >&2
    done
    ;;
load)
    file=/dev/stdin
    case ${1:-} in
    --input=*) file=${1#*=} ;;
    -i | --input) file=$2 ;;
    esac
    [ -r "$file" ] || die "open $file: no such file or directory"
    docker_load "$file"
    ;;
import) docker_import "$@" ;;
images | 'image ls')
    options "$@"
    [ -n "$only_ids$format" ] || echo "REPOSITORY   TAG   IMAGE ID   CREATED   SIZE"
    for image in "$IMAGES"/*; do
        [ -d "$image" ] || break
        image_facts "$image" | fill "${format:-$IMAGE_ROW}"
    done
    ;;
'image inspect')
    options "$@"
    inspect image
    ;;
'image rm' | rmi)
    options "$@"
    for word in $rest; do
        image=$(image_of "$word") || die "Error: No such image: $word"
        rm -rf "$image"
    done
    ;;
pull | 'image pull')
    die "Error response from daemon: Get \"https://registry/v2/\": dial tcp: lookup registry: no such host"
    ;;
'volume ls') ;; # there are none
'network ls')
    case " $* " in *" type=custom "*) exit 0 ;; esac # only docker's own
    printf '%s\n' "NETWORK ID          NAME                DRIVER              SCOPE" \
        "b9d64daa5086        bridge              bridge              local" \
        "ea071bdf6e22        host                host                local" \
        "e3d962a74d98        none                null                local"
    ;;
'network inspect')
    options "$@"
    case $rest in
    bridge* | b9d64daa5086*) ;;
    *) die "Error: No such network: $rest" ;;
    esac
    if [ -n "$format" ]; then
        bridge_facts | fill "$format"
    else
        bridge_json
    fi
    ;;
*) die "docker: '$verb' is not a docker command." ;;
esac
