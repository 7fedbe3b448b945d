# What the pretend API server answers; sourced after lib.sh and etcd.sh.
# shellcheck shell=sh

# components: "NAME STATUS MESSAGE" a line, tabs between.
components() {
    read -r api_host etcd_servers <"$SHARED/kubernetes/apiserver"
    for pair in controller-manager:10252 scheduler:10251; do
        port=${pair#*:}
        if [ "$api_host" = "$HOST_NAME" ] && service_at 127.0.0.1 "$port" >/dev/null ||
            service_at "$api_host" "$port" >/dev/null; then
            printf '%s\tHealthy\tok\n' "${pair%:*}"
        else
            printf '%s\tUnhealthy\tGet "http://127.0.0.1:%s/healthz": dial tcp 127.0.0.1:%s: connect: connection refused\n' \
                "${pair%:*}" "$port" "$port"
        fi
    done
    number=0
    for endpoint in $(echo "$etcd_servers" | tr , ' '); do
        parts=$(endpoint_parts "$endpoint")
        address=${parts% *}
        case $address in localhost | 127.*) address=$api_host ;; esac
        if etcd_healthy "$address" "${parts#* }"; then
            printf 'etcd-%s\tHealthy\t{"health":"true"}\n' "$number"
        else
            printf 'etcd-%s\tUnhealthy\tGet "%s/health": dial tcp: connect: connection refused\n' \
                "$number" "$endpoint"
        fi
        number=$((number + 1))
    done
}

# nodes: "NAME CREATED ADDRESS VERSION READY" a line; READY is True, False or Unknown.
nodes() {
    for file in "$SHARED"/kubernetes/nodes/*; do
        [ -f "$file" ] || return 0
        read -r created node_host address version pid ready <"$file"
        alive "$node_host" "$pid" || ready=Unknown
        echo "${file##*/} $created $address $version $ready"
    done
}

components_json() {
    components | awk -F '\t' '
        BEGIN { printf "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [" }
        {
            gsub(/\\/, "\\\\", $3)
            gsub(/"/, "\\\"", $3)
            printf "%s\n{\"apiVersion\": \"v1\", \"kind\": \"ComponentStatus\", \"metadata\": {\"name\": \"%s\"}, \"conditions\": [{\"type\": \"Healthy\", \"status\": \"%s\", \"message\": \"%s\"}]}", \
                (NR > 1 ? "," : ""), $1, ($2 == "Healthy" ? "True" : "False"), $3
        }
        END { print "\n]}" }'
}

nodes_json() {
    nodes | awk '
        BEGIN { printf "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [" }
        {
            message = $5 == "True" ? "kubelet is posting ready status" : $5 == "False" ? "container runtime is starting" : "Kubelet stopped posting node status."
            printf "%s\n{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"%s\", \"creationTimestamp\": \"%s\"}, \"spec\": {}, \"status\": {\"addresses\": [{\"type\": \"InternalIP\", \"address\": \"%s\"}, {\"type\": \"Hostname\", \"address\": \"%s\"}], \"conditions\": [{\"type\": \"Ready\", \"status\": \"%s\", \"message\": \"%s\"}], \"nodeInfo\": {\"kubeletVersion\": \"%s\"}}}", \
                (NR > 1 ? "," : ""), $1, $2, $3, $1, $5, message, $4
        }
        END { print "\n]}" }'
}
