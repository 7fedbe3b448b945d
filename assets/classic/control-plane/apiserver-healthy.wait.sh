# Whether the API answers.
set -eu
{% include "classic/lib/fetch.sh" %}

said=$(fetch http://127.0.0.1:8080/healthz) || {
    echo "the API on port 8080 does not answer yet"
    exit 1
}
echo "healthz says: $said"
[ "$said" = ok ]
