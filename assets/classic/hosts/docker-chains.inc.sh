# firewalld flushes docker's chains when it starts, and docker does not notice: published ports die,
# etcd's among them, until docker is restarted.
chains_there() {
    systemctl is-active --quiet firewalld.service || {
        echo "firewalld does not run on this host"
        return 0
    }
    if grep -q '"iptables": *false' /etc/docker/daemon.json 2>/dev/null; then
        echo "docker is told to leave iptables alone"
        return 0
    fi
    if ! iptables -w -t nat -S PREROUTING 2>/dev/null | grep -q -- '-j DOCKER'; then
        echo "firewalld was started after docker and removed docker's chains"
        return 1
    fi
    echo "docker's chains are there"
}
