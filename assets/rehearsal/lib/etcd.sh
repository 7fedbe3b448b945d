# The pretend etcd's store, seen by all hosts; sourced after lib.sh.
# shellcheck shell=sh
ETCD=$SHARED/etcd

# etcd_quorum: whether more than half of the members run.
etcd_quorum() {
    [ -s "$ETCD/members" ] || return 1
    members=0 running=0
    while read -r _ member_host; do
        members=$((members + 1))
        [ "$(service_at "$member_host" 2380)" != etcd ] || running=$((running + 1))
    done <"$ETCD/members"
    [ "$((running * 2))" -gt "$members" ]
}

# etcd_healthy ADDRESS PORT: whether the member that answers there can read and write.
etcd_healthy() {
    [ "$(service_at "$1" "$2")" = etcd ] && etcd_quorum
}

# etcd_speaks_v2 ADDRESS
etcd_speaks_v2() {
    [ -e "$ETCD/v2-at/$(host_of "$1")" ]
}

# endpoint_parts URL: prints "ADDRESS PORT".
endpoint_parts() {
    part=${1#*://}
    part=${part%%/*}
    echo "${part%:*} ${part##*:}"
}

# etcd_usable ENDPOINTS: the first of the comma separated URLs that answers.
etcd_usable() {
    for endpoint in $(echo "$1" | tr , ' '); do
        # shellcheck disable=SC2046 # two words
        if etcd_healthy $(endpoint_parts "$endpoint"); then
            echo "$endpoint"
            return
        fi
    done
    return 1
}

# etcd_file API KEY: where its value lies. The v2 API does not care for a leading slash.
etcd_file() {
    key=$2
    [ "$1" != 2 ] || key=/${key#/}
    echo "$ETCD/v$1/$(printf '%s' "$key" | sed -e 's/%/%25/g' -e 's#/#%2F#g')"
}

etcd_put() {
    mkdir -p "$ETCD/v$1"
    file=$(etcd_file "$1" "$2")
    printf '%s\n' "$3" >"$file.new.$$" && mv "$file.new.$$" "$file"
}

etcd_get() {
    cat "$(etcd_file "$1" "$2")" 2>/dev/null
}

# etcd_keys API PREFIX
etcd_keys() {
    for file in "$(etcd_file "$1" "$2")"*; do
        [ -f "$file" ] || return 0
        file=${file##*/}
        printf '%s\n' "$file" | sed -e 's#%2F#/#g' -e 's/%25/%/g'
    done
}
