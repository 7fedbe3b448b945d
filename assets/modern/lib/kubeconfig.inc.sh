# How a daemon reaches the API as itself: NAME of its certificate, USER it is made out to.
kubeconfig_text() {
    cat <<CONFIG
apiVersion: v1
kind: Config
clusters:
- name: {{ cluster.name }}
  cluster:
    server: {{ server | default(api) }}
    certificate-authority: {{ pki }}/ca.crt
users:
- name: $2
  user:
    client-certificate: {{ pki }}/$1.crt
    client-key: {{ pki }}/$1.key
contexts:
- name: {{ cluster.name }}
  context:
    cluster: {{ cluster.name }}
    user: $2
current-context: {{ cluster.name }}
CONFIG
}
