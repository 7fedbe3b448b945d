# Says what flanneld may do: see every node, since a node's subnet stands there, and mark its own with
# how it is reached. It can change nothing else, and it never sees a secret.
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/lib/kubectl.sh" %}

admin apply --server-side --force-conflicts -f - <<'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ flanneld_user }}
rules:
- apiGroups: [""]
  resources: [nodes]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [nodes/status]
  verbs: [patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ flanneld_user }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ flanneld_user }}
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: User
  name: {{ flanneld_user }}
YAML
