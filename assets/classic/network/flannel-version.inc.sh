# Succeeds when the flanneld named is what the cluster file says; prints what it says. The version
# decides how it speaks to etcd, so a wrong one would only be noticed as silence.
fits() {
    said=$("$1" --version 2>&1) || {
        echo "$1 does not run on this host ($(uname -m)): $(echo "$said" | head -n 1)"
        return 1
    }
    said=$(echo "$said" | head -n 1)
{% if cluster.flannel.binary %}
    case $said in
        *{{ flannel_number }}*) ;;
        *[0-9].[0-9]*)
            echo "$1 is flannel $said, and the cluster file says {{ cluster.flannel.version }}"
            return 1
            ;;
    esac
{% else %}
    minor=$(echo "$said" | sed -n 's/^v*0\.\([0-9][0-9]*\).*/\1/p')
    if [ -n "$minor" ] && [ "$minor" -{{ "ge" if flannel_api == 2 else "lt" }} 18 ]; then
        echo "$1 is flannel $said, which speaks another API to etcd than {{ cluster.flannel.version }} of the cluster file"
        return 1
    fi
{% endif %}
    echo "$1 is flannel $said"
}
