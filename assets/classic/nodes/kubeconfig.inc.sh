{% if not has("kubelet", "--api-servers") %}
# Since 1.8 the kubelet takes the address of the API out of a file like this.
kubeconfig_text() {
    cat <<CONFIG
apiVersion: v1
kind: Config
clusters:
  - name: {{ cluster.name }}
    cluster:
      server: {{ api }}
contexts:
  - name: {{ cluster.name }}
    context:
      cluster: {{ cluster.name }}
current-context: {{ cluster.name }}
CONFIG
}

{% endif %}
