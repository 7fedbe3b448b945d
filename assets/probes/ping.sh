# Pings every target from inside one container's network, {{ at_once }} at once. Makes nothing.
set -u
{% include "section.inc.sh" %}

reach() {
    within 10 nsenter -t {{ pid }} {{ "-m -n" if inside else "-n" }} ping {{ options }} "$1"
}

# One write for each target: what several write at once must not be mixed line by line.
one() {
    block=$(limit=1500 && section "ping/$1" reach "$1")
    printf '%s\n' "$block"
}

begun=0
for target in {{ targets | join(" ") }}; do
    one "$target" &
    begun=$((begun + 1))
    if [ $((begun % {{ at_once }})) -eq 0 ]; then wait; fi
done
wait
