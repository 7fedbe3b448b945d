# flanneld learns of other hosts by a watch on etcd. When the watch is cut, by the restart of a member
# for instance, it asks to go on where it began; but the API server has etcd forget what is older than
# five minutes, so flanneld asks in vain for ever (seen with 0.26.7; flannel's issue 2470), and
# packets to a host that was started again go astray. Started again itself, it reads all of it anew.
watch_script() {
    cat <<'SCRIPT'
#!/bin/sh
# Written by kwizard: starts flanneld again when its watch on etcd can never go on. Then it ends and
# is begun anew by systemd a little later, so that what flanneld said meanwhile does not count.
journalctl --unit=flanneld.service --follow --lines=0 --output=cat | while IFS= read -r line; do
    case $line in
        *'required revision has been compacted'*)
            echo "flanneld lost its watch on etcd; it is started again"
            systemctl --no-block restart flanneld.service
            exit
            ;;
    esac
done
SCRIPT
}
watch_unit() {
    cat <<'UNIT'
# Written by kwizard, which overwrites what is changed here.
[Unit]
Description=starts flanneld of cluster {{ cluster.name }} again when it lost its watch on etcd
After=flanneld.service
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/local/lib/kwizard/flannel-watch
Restart=always
RestartSec=10

[Install]
WantedBy=multi-user.target
UNIT
}
watch=/usr/local/lib/kwizard/flannel-watch
watch_file=/etc/systemd/system/flannel-watch.service
