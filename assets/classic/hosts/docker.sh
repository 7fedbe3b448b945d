# Makes sure that docker is installed, starts at boot and answers.
set -eu
{% include "classic/lib/say.sh" %}

# From here on a reset looks at what docker holds.
mkdir -p /var/lib/kwizard/saved
: >/var/lib/kwizard/saved/docker

if ! command -v dockerd >/dev/null 2>&1 || ! command -v docker >/dev/null 2>&1; then
{% if cluster.docker.install %}
    # The distribution's own package: its name differs.
    if command -v apt-get >/dev/null 2>&1; then
        export DEBIAN_FRONTEND=noninteractive
        apt-get -o DPkg::Lock::Timeout=120 update || echo "the package lists could not be renewed"
        apt-get -o DPkg::Lock::Timeout=120 install -y docker.io ||
            fail "docker is missing and apt-get could not install docker.io"
    elif command -v dnf >/dev/null 2>&1; then
        dnf install -y moby-engine || dnf install -y docker-ce || dnf install -y docker ||
            fail "docker is missing and dnf has no package of it"
    elif command -v yum >/dev/null 2>&1; then
        yum install -y docker || fail "docker is missing and yum has no package of it"
    else
        fail "docker is missing, and there is neither apt-get nor dnf nor yum to install it"
    fi
{% else %}
    fail "docker is missing on this host, and docker.install is off in the cluster file"
{% endif %}
fi

systemctl cat docker.service >/dev/null 2>&1 ||
    fail "docker is installed but there is no docker.service that systemd could start"
systemctl enable --quiet docker.service
systemctl is-active --quiet docker.service || systemctl start docker.service || {
    journalctl --unit=docker.service --lines=20 --no-pager --output=cat >&2 || true
    fail "docker does not start"
}
tries=0
until version=$(docker version --format '{% raw %}{{.Server.Version}}{% endraw %}' 2>/dev/null); do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail "docker was started but does not answer"
    sleep 0.2
done
echo "docker $version answers"
