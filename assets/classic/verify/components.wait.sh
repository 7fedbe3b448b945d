# Whether kubectl get componentstatus calls every component healthy.
set -eu
rows=$(timeout 5 kubectl -s http://127.0.0.1:8080 get componentstatus 2>&1) || {
    echo "kubectl: $(printf '%s\n' "${rows:-no answer within 5 s}" | tail -n 1)"
    exit 1
}
# Newer versions begin with a warning about the word itself. The order of the rows is no order.
sick=$(printf '%s\n' "$rows" | awk '
    $1 == "NAME" { table = 1; next }
    table { rows++; if ($2 != "Healthy") print $1 }
    END { if (rows < 3) print "some" }')
if [ -n "$sick" ]; then
    echo "not healthy yet: $(echo "$sick" | tr "\n" " ")"
    exit 1
fi
echo "controller-manager, scheduler and etcd are healthy"
