# A program whose peer fell silent (no power, no cable) waits long: a connection that is being made is
# given up by the kernel after a minute or two only, and the gateway has no limit of its own. Meanwhile
# every third request would hang. So hosts that no longer answer a ping have their connections ended.
# A host that drops pings and is well loses them once; what is made anew is never older than an instant.
watch_script() {
    cat <<'SCRIPT'
#!/bin/sh
# Written by kwizard: gives up connections to API servers and members of etcd whose host is silent.
watch() {
    missed=0
    while :; do
        if ping -c 1 -W 1 "$1" >/dev/null 2>&1; then
            [ "$missed" -lt 3 ] || echo "$1 answers again"
            missed=0
            sleep 1
            continue
        fi
        missed=$((missed + 1))
        if [ "$missed" -eq 3 ]; then
            echo "$1 is silent: connections to its API server and its member of etcd are given up"
            ss -K dst "$1" '( dport = :6443 or dport = :2379 )' >/dev/null 2>&1
        elif [ "$missed" -gt 3 ]; then
            ss -K state syn-sent dst "$1" '( dport = :6443 or dport = :2379 )' >/dev/null 2>&1
        fi
        sleep 0.2
    done
}
for peer in {{ peers(host) | words }}; do watch "$peer" & done
wait
SCRIPT
}
watch_unit() {
    cat <<'UNIT'
# Written by kwizard, which overwrites what is changed here.
[Unit]
Description=gives up connections to silent control planes of cluster {{ cluster.name }}
After={{ gateway }}.service
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/local/lib/kwizard/api-gateway-watch
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
UNIT
}
watch=/usr/local/lib/kwizard/api-gateway-watch
watch_file=/etc/systemd/system/api-gateway-watch.service
