# Starts a pod on every node whose network the verification pings from. It runs nothing but the
# image every pod's sandbox runs anyway; ping itself is the host's.
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/lib/kubectl.sh" %}

admin apply --server-side --force-conflicts -f - <<'YAML'
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: kwizard-ping
  namespace: kube-system
spec:
  selector:
    matchLabels:
      app: kwizard-ping
  template:
    metadata:
      labels:
        app: kwizard-ping
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 1
      tolerations:
      - operator: Exists
      containers:
      - name: kwizard-ping
        image: {{ pause_image }}
        imagePullPolicy: IfNotPresent
        resources:
          requests:
            cpu: 1m
            memory: 4Mi
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities:
            drop: [ALL]
YAML
