# kubectl as the cluster's administrator: the kubeconfig lies beside this job while it runs.
[ -s "${KWIZARD_JOB_DIR:-}/admin.kubeconfig" ] || fail "admin.kubeconfig was not sent with this job"
admin() {
    {{ bin }}/kubectl --kubeconfig="$KWIZARD_JOB_DIR/admin.kubeconfig" \
        --cache-dir="$KWIZARD_JOB_DIR/cache" --request-timeout=30s "$@"
}
