#!/bin/sh
# Stands in for nsenter, as far as it leads into the network of a container.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/docker.sh
target=
while [ "$#" -gt 0 ]; do
    case $1 in
    -t | --target) target=$2 && shift ;;
    --target=*) target=${1#*=} ;;
    -n | --net | -m | --mount) ;;
    --)
        shift
        break
        ;;
    -*) die "nsenter: a rehearsal host enters a container's network (-t PID -n, -m) and nothing else" ;;
    *) break ;;
    esac
    shift
done
for container in "$CONTAINERS"/*; do
    if [ -d "$container" ] && [ "$(cat "$container/pid" 2>/dev/null)" = "$target" ]; then
        CONTAINER=${container##*/}
        export CONTAINER
        exec "$@"
    fi
done
die "nsenter: cannot open /proc/$target/ns/net: No such file or directory"
