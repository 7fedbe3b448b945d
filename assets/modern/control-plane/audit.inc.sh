policy_text() {
    cat <<'POLICY'
{% include "modern/control-plane/audit-policy.yaml" %}
POLICY
}
