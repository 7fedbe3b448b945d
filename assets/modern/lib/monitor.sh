# kubectl as somebody who can look and change nothing. It would keep a cache below $HOME: /proc is a
# home where nothing can be made.
look() {
    HOME=/proc {{ bin }}/kubectl --kubeconfig={{ monitor }} --request-timeout=5s "$@" 2>/dev/null
}
