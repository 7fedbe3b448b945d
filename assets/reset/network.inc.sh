{% include "reset/lib.sh" %}

{% include "common/firewalld.sh" %}

docker_is_off() {
    ! systemctl is-active --quiet docker.service && was docker.service inactive &&
        ! grep -q ' DOCKER ' "$before/chains"
}

# Chains by their names; docker's too where docker was off before and is off again.
chains='^(KUBE-|FLANNEL-|CNI-)'
! docker_is_off || chains='^(KUBE-|FLANNEL-|CNI-|DOCKER$|DOCKER-)'

# What to tell COMMAND-restore (iptables, ip6tables), so that chains of ours and whatever points at
# them are gone, and nothing else is touched. Older flannels write their rules into other people's
# chains: those name the pods' network.
commands_for() {
    command -v "$1-save" >/dev/null 2>&1 || return 0
    "$1-save" 2>/dev/null | awk -v chains="$chains" -v pods={{ cluster.network.pods }} '
        function ours(rule, i, n, word, plain) {
            plain = rule
            gsub(/"([^"\\]|\\.)*"/, "comment", plain)
            n = split(plain, word, " ")
            for (i = 1; i < n; i++) {
                if ((word[i] == "-j" || word[i] == "-g") && word[i + 1] ~ chains) return 1
                if ((word[i] == "-s" || word[i] == "-d") && word[i + 1] == pods &&
                    (word[2] == "POSTROUTING" || word[2] == "FORWARD")) return 1
                if ((word[i] == "-i" || word[i] == "-o") && word[i + 1] == "docker0" && chains ~ /DOCKER/) return 1
            }
            return rule ~ /--comment "flanneld (masq|forward)"/
        }
        /^\*/ { table = $0; n = 0; rules = "" }
        /^:/ && substr($1, 2) ~ chains { chain[++n] = substr($1, 2) }
        /^-A/ && $2 !~ chains && ours($0) { rules = rules "-D" substr($0, 3) "\n" }
        /^COMMIT/ && (n || rules != "") {
            printf "%s\n%s", table, rules
            for (i = 1; i <= n; i++) print "-F " chain[i]
            for (i = 1; i <= n; i++) print "-X " chain[i]
            print "COMMIT"
        }'
}

nft_tables() {
    ! command -v nft >/dev/null 2>&1 || nft list tables 2>/dev/null |
        grep -E '^table (ip|ip6|inet) (kube-proxy|flannel-ipv[46]|cni_hostport|cni_plugins_masquerade)$' || true
}

# Tables that iptables made since, with nothing in them now.
empty_tables() {
    [ -e "$before/noted" ] && command -v nft >/dev/null 2>&1 || return 0
    nft list tables 2>/dev/null | while read -r _ family name; do
        case $family in ip) command=iptables ;; ip6) command=ip6tables ;; *) continue ;; esac
        case $name in filter | nat | mangle | raw | security) ;; *) continue ;; esac
        ! grep -q "^$command $name " "$before/chains" || continue
        if ! nft list table "$family" "$name" 2>/dev/null |
            grep -q -v -e '^table ' -e '^	chain [A-Z]* {$' -e '^		type .* policy accept;$' -e '^	*}$' -e '^$' -e '^#'; then
            echo "table $family $name"
        fi
    done
}

# docker sets FORWARD to DROP when it is started.
wrong_policies() {
    docker_is_off || return 0
    for command in iptables ip6tables; do
        now=$("$command-save" -t filter 2>/dev/null | sed -n 's/^:FORWARD \([A-Z]*\) .*/\1/p') || true
        then=$(awk -v command="$command" '$1 == command && $2 == "filter" && $3 == "FORWARD" { print $4 }' "$before/chains")
        [ "${now:-ACCEPT}" = "${then:-ACCEPT}" ] || echo "$command ${then:-ACCEPT}"
    done
}

links() {
    for link in flannel.1 flannel-v6.1 flannel0 cni0 $(docker_is_off && echo docker0); do
        [ -e "/sys/class/net/$link" ] || continue
        grep -qxF "$link" "$before/interfaces" 2>/dev/null || echo "$link"
    done
}

# flannel's host-gw leaves a route to the pods of every other host.
routes() {
{% for other in cluster.hosts if other != host %}
    ip -4 route show root {{ cluster.network.pods }} via {{ other.address }} 2>/dev/null | awk '{ print $1, "via {{ other.address }}" }'
{% endfor %}
    true
}

# Settings that daemons changed: NAME FORMER. docker needs packets passed on.
settings() {
    [ -e "$before/noted" ] || return 0
    while read -r name former; do
        [ -n "$former" ] || continue
        # The mode is asked too, since root's "test -w" believes in a file the kernel will not write.
        case $(stat -c %A "/proc/sys/$name" 2>/dev/null) in -?w*) ;; *) continue ;; esac
        [ -w "/proc/sys/$name" ] || continue
        now=$(cat "/proc/sys/$name" 2>/dev/null) || continue
        [ "$now" != "$former" ] || continue
        case "$name $now" in
{% for name, value in settings.items() %}
{% if value == "*" %}
            '{{ name }} '*) ;;
{% else %}
            '{{ name }} {{ value }}') ;;
{% endif %}
{% endfor %}
            *) continue ;;
        esac
        case $name in
            net/ipv4/ip_forward) ! systemctl is-active --quiet docker.service || continue ;;
        esac
        echo "$name $former"
    done <"$before/settings"
}

firewalld_runs() {
    [ -e "$before/noted" ] && command -v firewall-cmd >/dev/null 2>&1 &&
        systemctl is-active --quiet firewalld.service
}

# What firewalld lets through and did not, or did and does not, of what kwizard opens:
# now|later -|+ ZONE KIND WHAT.
firewalld_changes() {
    firewalld_runs || return 0
    own=$(ip -o -4 addr show to {{ host.address }} | awk 'NR == 1 { print $2 }')
    for when in now later; do
        file=$before/firewalld-$when
        [ -e "$file" ] || file=/dev/null
        let_through "$when" | awk -v when="$when" -v file="$file" '
            BEGIN { while ((getline line < file) > 0) then[line] = 1 }
            { now[$0] = 1 }
            END {
                for (line in now) if (!(line in then)) print when, "-", line
                for (line in then) if (!(line in now)) print when, "+", line
            }' | sort
    done | while read -r when sign zone kind what; do
        case "$kind $what" in
{% for port in ports %}
            'ports {{ port }}') ;;
{% endfor %}
            'interfaces flannel.1' | 'interfaces flannel0' | 'interfaces cni0' | "interfaces $own") ;;
            'interfaces docker0') docker_is_off || continue ;;
            'sources {{ cluster.network.pods }}') ;;
{% for other in cluster.hosts if other != host %}
            'sources {{ other.address }}' | 'sources {{ other.address }}/32') ;;
{% endfor %}
            *) continue ;;
        esac
        echo "$when $sign $zone $kind $what"
    done
}

# A zone's lines in what "firewall-cmd --list-all-zones" printed.
zone_of() {
    awk -v zone="$1" '/^[^ ]/ { inside = ($1 == zone) } inside && !/^[^ ]/ && NF'
}

# Files of zones that are not as they were, though what they say is.
zone_files() {
    firewalld_runs && [ -e "$before/zones-later" ] || return 0
    listed=$(firewall later --list-all-zones 2>/dev/null)
    for file in /etc/firewalld/zones/*.xml /etc/firewalld/zones/*.xml.old; do
        [ -e "$file" ] || continue
        ! cmp -s "$file" "$before/etc-firewalld/zones/${file##*/}" || continue
        zone=${file##*/}
        zone=${zone%.old}
        zone=${zone%.xml}
        now=$(printf '%s\n' "$listed" | zone_of "$zone")
        then=$(zone_of "$zone" <"$before/zones-later")
        if [ "$now" = "$then" ]; then echo "$file"; fi
        # docker makes this zone when it starts.
        if [ "$zone" = docker ] && [ -z "$then" ] && docker_is_off; then echo "$file"; fi
    done
}

left() {
    [ -d "$saved" ] || return 0
    links
    routes
    for command in iptables ip6tables; do
        commands_for "$command" | sed -n "s/^-X /chain /p"
        commands_for "$command" | sed -n "s/^-D \([A-Z]*\) .*/rule in \1/p" | sort -u
    done
    nft_tables
    empty_tables
    wrong_policies | sed 's/^\([^ ]*\) .*/policy of FORWARD (\1)/'
    settings
    firewalld_changes | sed 's/^[^ ]* . /firewalld: /' | sort -u
    zone_files
}
