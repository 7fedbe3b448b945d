# kubectl keeps a cache below $HOME and would make it: /proc is a home where nothing can be made.
# An API server that does not answer must not hold us for ever, and 1.3 knows no --request-timeout.
{% if kubeconfig %}
get() {
    HOME=/proc within 15 /usr/local/bin/kubectl --kubeconfig='{{ kubeconfig }}' get "$1" -o json 2>/dev/null
}
reason() {
    HOME=/proc within 15 /usr/local/bin/kubectl --kubeconfig='{{ kubeconfig }}' get "$1" 2>&1
}
{% else %}
get() {
    if command -v kubectl >/dev/null 2>&1; then
        HOME=/proc KUBECONFIG=/dev/null within 15 kubectl -s '{{ server }}' get "$1" -o json 2>/dev/null
    else
        within 15 curl -fsS '{{ server }}/api/v1/'"$1"
    fi
}
reason() {
    if command -v kubectl >/dev/null 2>&1; then
        HOME=/proc KUBECONFIG=/dev/null within 15 kubectl -s '{{ server }}' get "$1" 2>&1
    else
        within 15 curl -fsS '{{ server }}/healthz'
    fi
}
{% endif %}
