#!/bin/sh
# Stands in for sysctl: reads what there is; what it may not set it remembers, and says it set it.
. /usr/lib/rehearsal/lib.sh
values=''
for argument in "$@"; do
    case $argument in
    -n | --values) values=yes ;;
    -*) ;;
    *=*)
        name=${argument%%=*}
        mkdir -p "$STATE/sysctl"
        echo "${argument#*=}" >"$STATE/sysctl/$name"
        echo "$name = ${argument#*=}"
        ;;
    *)
        file=/proc/sys/$(echo "$argument" | tr . /)
        if [ -s "$STATE/sysctl/$argument" ]; then
            value=$(cat "$STATE/sysctl/$argument")
        elif [ -r "$file" ]; then
            value=$(cat "$file")
        else
            die "sysctl: cannot stat $file: No such file or directory"
        fi
        if [ -n "$values" ]; then echo "$value"; else echo "$argument = $value"; fi
        ;;
    esac
done
