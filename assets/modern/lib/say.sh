# Ends the script with one sentence for the operator.
fail() {
    echo "kwizard: $*" >&2
    exit 1
}
