# Succeeds when the flanneld named is what the cluster file says; prints what it says.
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
{% endif %}
    echo "$1: $said"
}
