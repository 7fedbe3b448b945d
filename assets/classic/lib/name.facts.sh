# Nodes go by their names in the cluster file, also where the machine calls itself something else.
[ "$(uname -n)" = {{ host.name | q }} ] || set -- "$@" --hostname-override={{ host.name | q }}
