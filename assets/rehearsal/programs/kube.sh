#!/bin/sh
# Stands in for Kubernetes' daemons; which of them it is, its name tells.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/etcd.sh
me=${0##*/}
minor=$(echo @VERSION@ | cut -d . -f 2)

# knows FLAG: whether this daemon of this version does. Numbers are the first minor version that
# has it and the first that refuses it.
knows() {
    while read -r daemon flag since until; do
        if [ "$flag" = "$1" ] && { [ "$daemon" = "$me" ] || [ "$daemon" = all ]; }; then
            [ "$minor" -ge "$since" ] && [ "$minor" -lt "$until" ]
            return
        fi
    done <<FLAGS
all --logtostderr 0 26
all --v 0 99
all --master 0 99
all --kubeconfig 0 99
kube-apiserver --admission-control 0 99
kube-apiserver --advertise-address 0 99
kube-apiserver --allow-privileged 0 99
kube-apiserver --etcd-servers 0 99
kube-apiserver --insecure-bind-address 0 24
kube-apiserver --insecure-port 0 24
kube-apiserver --service-cluster-ip-range 0 99
kube-controller-manager --service-account-private-key-file 0 99
kube-proxy --bind-address 0 99
kube-proxy --conntrack-max-per-core 3 99
kube-proxy --conntrack-min 6 99
kube-proxy --conntrack-tcp-timeout-established 3 99
kube-proxy --conntrack-tcp-timeout-close-wait 6 99
kube-proxy --hostname-override 0 99
kubelet --address 0 99
kubelet --allow-privileged 0 15
kubelet --api-servers 0 8
kubelet --cgroup-driver 6 99
kubelet --cluster-dns 0 99
kubelet --cluster-domain 0 99
kubelet --fail-swap-on 8 99
kubelet --hostname-override 0 99
kubelet --pod-infra-container-image 0 35
kubelet --register-node 0 99
FLAGS
    return 1
}

master='' servers='' kubeconfig='' node_name=$HOST_NAME key='' port=8080
for argument in "$@"; do
    case $argument in
    --version)
        echo "Kubernetes @VERSION@"
        exit 0
        ;;
    esac
    flag=${argument%%=*}
    value=${argument#*=}
    knows "$flag" || {
        echo "Error: unknown flag: $flag" >&2
        echo "See '$me --help' for usage." >&2
        exit 1
    }
    case $flag in
    --master | --api-servers) master=$value ;;
    --etcd-servers) servers=$value ;;
    --kubeconfig) kubeconfig=$value ;;
    --hostname-override) node_name=$value ;;
    --service-account-private-key-file) key=$value ;;
    --insecure-port) port=$value ;;
    esac
done
live || die "another daemon runs as this process"

# serve PORT ADDRESS
serve() {
    listen tcp "$1" "$2" "$me" "$me" || {
        klog F serving.go:70 "failed to listen on $2:$1: listen tcp $2:$1: bind: address already in use"
        exit 1
    }
}

# Waits for the API server at $master, as all but the API server do.
wait_for_api() {
    url=${master#*://}
    url=${url%/}
    until [ "$(service_at "${url%:*}" "${url##*:}")" = kube-apiserver ]; do
        klog E reflector.go:127 "Get \"http://$url/api/v1/nodes\": dial tcp $url: connect: connection refused"
        daemon_sleep 1
    done
}

klog I server.go:220 "Version: @VERSION@"
case $me in
kube-apiserver)
    [ -n "$servers" ] || die "Error: --etcd-servers must be specified"
    tries=0
    until etcd_usable "$servers" >/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 20 ] || {
            klog F storage_decorator.go:57 "Unable to create storage backend: context deadline exceeded"
            exit 255
        }
        klog W clientconn.go:1223 "grpc: addrConn.createTransport failed to connect to {$servers}. Reconnecting..."
        daemon_sleep 1
    done
    mkdir -p /var/run/kubernetes "$SHARED/kubernetes/nodes"
    for file in crt key; do
        [ -s "/var/run/kubernetes/apiserver.$file" ] ||
            echo "made up for a rehearsal" >"/var/run/kubernetes/apiserver.$file"
    done
    klog I client.go:360 "parsed scheme: \"endpoint\""
    pause 2.6
    echo "$HOST_NAME $servers" >"$SHARED/kubernetes/apiserver"
    serve "$port" 0.0.0.0
    serve 6443 0.0.0.0
    klog I insecure_serving.go:53 "Serving insecurely on [::]:$port"
    klog I secure_serving.go:197 "Serving securely on [::]:6443"
    stay
    ;;
kube-controller-manager)
    [ -z "$key" ] || [ -r "$key" ] || {
        klog F controllermanager.go:250 "error creating token controller: open $key: no such file or directory"
        exit 255
    }
    wait_for_api
    pause 1.4
    serve 10252 0.0.0.0
    klog I leaderelection.go:253 "successfully acquired lease kube-system/kube-controller-manager"
    stay
    ;;
kube-scheduler)
    wait_for_api
    pause 1.4
    serve 10251 0.0.0.0
    klog I leaderelection.go:253 "successfully acquired lease kube-system/kube-scheduler"
    stay
    ;;
kube-proxy)
    wait_for_api
    pause 1
    serve 10249 127.0.0.1
    serve 10256 0.0.0.0
    klog I server_others.go:186 "Using iptables Proxier."
    stay
    ;;
kubelet)
    if [ -z "$master" ]; then
        [ -r "$kubeconfig" ] || {
            klog F server.go:265 "failed to run Kubelet: stat $kubeconfig: no such file or directory"
            exit 255
        }
        master=$(sed -n 's/^ *server: *//p' "$kubeconfig" | head -n 1)
    fi
    if [ ! -s /run/docker/pid ] || ! alive "$HOST_NAME" "$(cat /run/docker/pid)"; then
        klog F server.go:265 "failed to run Kubelet: failed to get docker version: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
        exit 255
    fi
    pause 1.2
    serve 10248 127.0.0.1
    serve 10250 0.0.0.0
    klog I server.go:147 "Starting to listen on 0.0.0.0:10250"
    wait_for_api
    node=$SHARED/kubernetes/nodes/$node_name
    klog I kubelet_node_status.go:70 "Attempting to register node $node_name"
    created=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    [ ! -s "$node" ] || read -r created _ <"$node"
    echo "$created $HOST_NAME $HOST_ADDRESS @VERSION@ $PROGRAM False" >"$node"
    klog I kubelet_node_status.go:73 "Successfully registered node $node_name"
    pause 6
    echo "$created $HOST_NAME $HOST_ADDRESS @VERSION@ $PROGRAM True" >"$node"
    klog I setters.go:559 "Node $node_name became ready"
    stay
    ;;
*) die "$me is no program of a rehearsal" ;;
esac
