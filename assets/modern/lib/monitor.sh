# Whether the API answers at all was found out by a probe before this one, in the same look.
if [ -n "${unanswered:-}" ]; then
    echo "the API does not answer"
    exit 75
fi
if [ ! -s {{ monitor }} ]; then
    echo "nobody can ask the API here yet: {{ monitor }} is not there"
    exit 1
fi
# kubectl as somebody who can look and change nothing. It would keep a cache below $HOME: /proc is a
# home where nothing can be made. It asks more than once, each time for as long as it is told.
look() {
    HOME=/proc timeout 8 {{ bin }}/kubectl --kubeconfig={{ monitor }} "$@" 2>/dev/null
}
# With the status of a look that failed: ends the probe when there was no answer in time.
heard() {
    [ "$1" -eq 124 ] || return 0
    echo "the API does not answer"
    exit 75
}
