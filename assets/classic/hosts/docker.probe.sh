# Whether docker answers and starts at boot.
set -eu
if ! version=$(docker version --format '{% raw %}{{.Server.Version}}{% endraw %}' 2>/dev/null); then
    echo "docker does not answer"
    exit 1
fi
if ! systemctl is-enabled --quiet docker.service 2>/dev/null; then
    echo "docker does not start at boot"
    exit 1
fi
echo "docker $version answers"
