# docker's own command line out of its unit and other people's drop-ins, without a subnet or an MTU.
command_of_docker() {
    systemctl cat docker.service 2>/dev/null | awk -v ours="# $drop_in" '
        /^# \// { skip = ($0 == ours) }
        skip { next }
        { while (sub(/\\$/, "")) { if ((getline more) <= 0) break; $0 = $0 more } }
        /^ExecStart=/ { sub(/^ExecStart=/, ""); if ($0 != "") command = $0 }
        END {
            gsub(/[ \t]+--(bip|mtu)=[^ \t]+/, "", command)
            gsub(/[ \t]+/, " ", command)
            sub(/ $/, "", command)
            print command
        }'
}
