# Says who may do what: the API server may ask kubelets for logs, and the monitor may look at what it
# shows (never at secrets). Everything else has the roles Kubernetes brings itself.
{% if joins_by_token %}
# Who holds a token of ours may ask for a node's client certificate and gets it; nodes get theirs
# renewed. Certificates that kubelets answer with are approved by nobody here, see nodes/serving.
{% endif %}
set -eu
{% include "modern/lib/say.sh" %}

{% include "modern/lib/kubectl.sh" %}

roles() {
    cat <<'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: kwizard:apiserver-to-kubelet
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: system:kubelet-api-admin
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: User
  name: kwizard:apiserver-kubelet-client
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: kwizard:monitor
rules:
- apiGroups: [""]
  resources: [nodes, namespaces, pods, services, endpoints, events, componentstatuses]
  verbs: [get, list, watch]
- apiGroups: [apps]
  resources: [deployments, daemonsets]
  verbs: [get, list, watch]
- apiGroups: [rbac.authorization.k8s.io]
  resources: [clusterroles, clusterrolebindings]
  verbs: [get]
{% if joins_by_token %}
- apiGroups: [certificates.k8s.io]
  resources: [certificatesigningrequests]
  verbs: [get, list]
{% endif %}
- nonResourceURLs: [/healthz, /livez, /readyz, "/readyz/*", /version]
  verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: kwizard:monitor
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: kwizard:monitor
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: Group
  name: {{ monitor_group }}
{% if joins_by_token %}
{% for name, role, group in [
    ("kwizard:ask-for-certificate", "system:node-bootstrapper", bootstrap_group),
    ("kwizard:approve-first-certificate", "system:certificates.k8s.io:certificatesigningrequests:nodeclient", bootstrap_group),
    ("kwizard:approve-renewed-certificate", "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient", "system:nodes"),
] %}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ name }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ role }}
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: Group
  name: {{ group }}
{% endfor %}
{% endif %}
YAML
}

# An API server that has just begun to answer learns of its own parts one after the other.
tries=0
until said=$(roles | admin apply --server-side --force-conflicts -f - 2>&1); do
    tries=$((tries + 1))
    if [ "$tries" -ge 20 ]; then
        printf '%s\n' "$said" >&2
        fail "the API server does not take these roles"
    fi
    sleep 0.5 2>/dev/null || sleep 1
done
printf '%s\n' "$said"
