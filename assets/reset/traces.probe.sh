# Whether kwizard's own directory is on this host: what was run here, and what was kept for a reset.
set -eu

{% if keep %}
for entry in /var/lib/kwizard/* /var/lib/kwizard/steps/*; do
    [ -e "$entry" ] || continue
    case ${entry#/var/lib/kwizard/} in
        steps | {{ keep | join(" | ") | own }}) ;;
        *)
            echo "to be removed: records of jobs and steps in /var/lib/kwizard"
            exit 1
            ;;
    esac
done
echo "kwizard keeps nothing here but programs and what they came in"
{% else %}
if [ -e /var/lib/kwizard ]; then
    echo "to be removed: /var/lib/kwizard"
    exit 1
fi
echo "kwizard keeps nothing here"
{% endif %}
