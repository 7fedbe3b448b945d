# Makes a container to ping from, out of what this host has: its own ping and sleep with their
# libraries. Nothing is pulled. It stays, in docker's own network, as one end of the ping matrix.
set -eu
{% include "classic/lib/say.sh" %}

{% include "classic/verify/ping-container.inc.sh" %}
{% raw %}
found=$(docker inspect --format '{{.State.Running}} {{index .Config.Labels "kwizard.made-of"}}' kwizard-ping 2>/dev/null) || found=''
if [ "$found" = "true $made_of" ]; then
    echo "the container kwizard-ping runs already"
    exit 0
fi
{% endraw %}
docker rm --force kwizard-ping >/dev/null 2>&1 || true
# The libraries as the loader finds them, and the loader. -h: what links point at, under
# the names the programs ask for.
{
    printf '%s\n' "$ping" "$sleep"
    for program in "$ping" "$sleep"; do ldd "$program" 2>/dev/null || true; done |
        awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }'
} | sort -u | sed 's#^/##' |
    tar -C / -chf - -T - |
    docker import --change "LABEL kwizard.made-of=$made_of" - kwizard-ping:"$made_of" >/dev/null ||
    fail "docker could not make an image of this host's ping"
# SIGKILL, since sleep as process 1 does not answer SIGTERM and would hold every restart of docker
# for 10 s.
docker run --detach --name kwizard-ping --restart=always --stop-signal=KILL \
    --label kwizard.cluster={{ cluster.name | q }} --label kwizard.made-of="$made_of" \
    kwizard-ping:"$made_of" "$sleep" 2147483647 >/dev/null ||
    fail "docker could not start the container kwizard-ping"
docker exec kwizard-ping "$ping" -c 1 -w 4 127.0.0.1 >/dev/null ||
    fail "ping does not run in the container kwizard-ping"
echo "the container kwizard-ping runs"
