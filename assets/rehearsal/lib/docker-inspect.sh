# What docker tells of containers, images and its bridge; sourced after docker.sh.
# shellcheck shell=sh

# container_facts DIRECTORY: what templates may ask for.
container_facts() {
    running=false pid=0 status=exited
    if container_runs "$1"; then
        running=true pid=$(cat "$1/pid") status=running
    fi
    id=${1##*/}
    short=$(echo "$id" | cut -c 1-12)
    printf '%s\t%s\n' \
        .Id "$id" .ID "${full_ids:+$id}" .Name "/$(cat "$1/name")" .Names "$(cat "$1/name")" \
        .State.Running "$running" .State.Pid "$pid" .State.Status "$status" \
        .Image "$(cat "$1/image")" .Config.Image "$(cat "$1/image")" .Status "$status" \
        .HostConfig.RestartPolicy.Name "$(cat "$1/restart")" \
        .NetworkSettings.IPAddress "$(cat "$1/address" 2>/dev/null)" \
        .Ports "$(for port in $(cat "$1/ports"); do printf '0.0.0.0:%s->%s/tcp, ' "$port" "$port"; done | sed 's/, $//')"
    [ -n "${full_ids:-}" ] || printf '.ID\t%s\n' "$short"
    while IFS= read -r label; do
        [ -z "$label" ] ||
            printf 'index .Config.Labels "%s"\t%s\n' "${label%%=*}" "${label#*=}"
    done <"$1/labels"
}

quote_json() {
    printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$/"/'
}

labels_json() {
    sep=
    while IFS= read -r label; do
        [ -n "$label" ] || continue
        printf '%s%s: %s' "$sep" "$(quote_json "${label%%=*}")" "$(quote_json "${label#*=}")"
        sep=', '
    done <"$1"
}

container_json() {
    running=false pid=0 status=exited
    if container_runs "$1"; then
        running=true pid=$(cat "$1/pid") status=running
    fi
    cat <<JSON
    {
        "Id": "${1##*/}",
        "Created": "$(cat "$1/created")",
        "State": {
            "Status": "$status",
            "Running": $running,
            "Paused": false,
            "Restarting": false,
            "OOMKilled": false,
            "Dead": false,
            "Pid": $pid,
            "ExitCode": 0,
            "Error": "",
            "StartedAt": "$(cat "$1/started")",
            "FinishedAt": "0001-01-01T00:00:00Z"
        },
        "Image": "sha256:$(cat "$1/image-id")",
        "Name": "/$(cat "$1/name")",
        "RestartCount": 0,
        "Driver": "overlay2",
        "HostConfig": {
            "NetworkMode": "$(cat "$1/network")",
            "RestartPolicy": { "Name": "$(cat "$1/restart")", "MaximumRetryCount": 0 }
        },
        "Config": {
            "Image": "$(cat "$1/image")",
            "Labels": { $(labels_json "$1/labels") }
        },
        "NetworkSettings": { "IPAddress": "$(cat "$1/address" 2>/dev/null)" }
    }
JSON
}

image_facts() {
    printf '%s\t%s\n' .Id "sha256:$(cat "$1/id")" .ID "$(cut -c 1-12 "$1/id")" \
        .Repository "$(sed 's/:[^:]*$//' "$1/name")" .Tag "$(sed 's/.*://' "$1/name")"
    while IFS= read -r label; do
        [ -z "$label" ] ||
            printf 'index .Config.Labels "%s"\t%s\n' "${label%%=*}" "${label#*=}"
    done <"$1/labels"
}

image_json() {
    cat <<JSON
    {
        "Id": "sha256:$(cat "$1/id")",
        "RepoTags": [ "$(cat "$1/name")" ],
        "Architecture": "$(uname -m | sed -e s/x86_64/amd64/ -e s/aarch64/arm64/)",
        "Os": "linux",
        "Config": { "Labels": { $(labels_json "$1/labels") } }
    }
JSON
}

# subnet BIP: 10.0.7.1/24 is in 10.0.7.0/24.
subnet() {
    echo "$1" | awk -F '[./]' '{
        value = (($1 * 256 + $2) * 256 + $3) * 256 + $4
        size = 2 ^ (32 - $5)
        value -= value % size
        printf "%d.%d.%d.%d/%d\n", value / 16777216, (value / 65536) % 256, (value / 256) % 256, value % 256, $5
    }'
}

bridge_facts() {
    printf '%s\t%s\n' .Name bridge .Driver bridge \
        'index .Options "com.docker.network.driver.mtu"' "$(cat "$DAEMON/mtu")" \
        '(index .IPAM.Config 0).Subnet' "$(subnet "$(cat "$DAEMON/bip")")" \
        '(index .IPAM.Config 0).Gateway' "$(cut -d / -f 1 "$DAEMON/bip")"
}

bridge_json() {
    bip=$(cat "$DAEMON/bip")
    cat <<JSON
[
    {
        "Name": "bridge",
        "Id": "b9d64daa5086$(printf '%052d' "$HOST_NUMBER")",
        "Scope": "local",
        "Driver": "bridge",
        "EnableIPv6": false,
        "IPAM": {
            "Driver": "default",
            "Options": null,
            "Config": [ { "Subnet": "$(subnet "$bip")", "Gateway": "${bip%/*}" } ]
        },
        "Internal": false,
        "Containers": {
JSON
    sep=
    for container in "$CONTAINERS"/*; do
        container_runs "$container" && [ -s "$container/address" ] || continue
        printf '%s            "%s": { "Name": "%s", "EndpointID": "", "MacAddress": "", "IPv4Address": "%s/%s", "IPv6Address": "" }' \
            "$sep" "${container##*/}" "$(cat "$container/name")" "$(cat "$container/address")" "${bip#*/}"
        sep=',
'
    done
    cat <<JSON

        },
        "Options": {
            "com.docker.network.bridge.default_bridge": "true",
            "com.docker.network.bridge.enable_icc": "true",
            "com.docker.network.bridge.enable_ip_masquerade": "true",
            "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
            "com.docker.network.bridge.name": "docker0",
            "com.docker.network.driver.mtu": "$(cat "$DAEMON/mtu")"
        },
        "Labels": {}
    }
]
JSON
}
