# Fills Go templates as far as the scripts use them: {{.Field}} and {{index .Field "name"}}, from
# lines "FIELD<tab>VALUE" on standard input. What is not known becomes <no value>.
# shellcheck shell=sh
fill() {
    awk -F '\t' -v template="$1" '
        { known[$1] = $2 }
        END {
            gsub(/\\n/, "\n", template)
            gsub(/\\t/, "\t", template)
            while (match(template, /\{\{[^}]*\}\}/)) {
                field = substr(template, RSTART + 2, RLENGTH - 4)
                gsub(/^[ \t]+|[ \t]+$/, "", field)
                rest = substr(template, RSTART + RLENGTH)
                printf "%s", substr(template, 1, RSTART - 1)
                if (field in known) printf "%s", known[field]
                else if (field !~ /^index /) printf "<no value>"
                template = rest
            }
            print template
        }'
}
