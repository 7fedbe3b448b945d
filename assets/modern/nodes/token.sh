# Makes the token known with which kubelets ask for their first certificate. It opens nothing else,
# ends by itself within a day, and is taken away as soon as every node has joined.
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/lib/kubectl.sh" %}

token=$(cat "$KWIZARD_JOB_DIR/bootstrap-token") || fail "the token was not sent with this job"
ends=$(cat "$KWIZARD_JOB_DIR/bootstrap-token-ends")
admin apply --server-side --force-conflicts -f - <<YAML
apiVersion: v1
kind: Secret
type: bootstrap.kubernetes.io/token
metadata:
  name: bootstrap-token-${token%.*}
  namespace: kube-system
  labels:
    kwizard: join
stringData:
  description: with this kwizard lets kubelets join
  token-id: ${token%.*}
  token-secret: ${token#*.}
  expiration: $ends
  usage-bootstrap-authentication: "true"
  auth-extra-groups: {{ bootstrap_group }}
YAML
# A kubelet that asks before anybody signs does not notice at once when it has its certificate: it goes
# on trying to register after ever longer pauses. That the controller manager has begun shows by what
# it puts into every namespace.
admin --namespace=kube-system wait --for=create configmap/kube-root-ca.crt --timeout=60s >/dev/null ||
    echo "the controller manager has not begun its work yet"
echo "it ends at $ends"
