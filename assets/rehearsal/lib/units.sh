# How the stand-in for systemd reads units; sourced after lib.sh.
# shellcheck shell=sh
RUNNING=/run/rehearsal-units # a directory for each unit that was ever started
UNIT_DIRS='/etc/systemd/system /run/systemd/system /usr/lib/systemd/system'

# unit_name WORD: with its ending.
unit_name() {
    case $1 in
    *.service | *.target | *.socket) echo "$1" ;;
    *) echo "$1.service" ;;
    esac
}

# unit_files UNIT: its file, then its drop-ins, in the order systemd reads them.
unit_files() {
    for directory in $UNIT_DIRS; do
        if [ -f "$directory/$1" ]; then
            echo "$directory/$1"
            break
        fi
    done
    for directory in $UNIT_DIRS; do
        for drop_in in "$directory/$1.d"/*.conf; do
            [ ! -f "$drop_in" ] || echo "${drop_in##*/} $drop_in"
        done
    done | sort -s -k 1,1 -u | cut -d ' ' -f 2-
}

# unit_loaded UNIT
unit_loaded() {
    [ -n "$(unit_files "$1" | head -n 1)" ]
}

# unit_values UNIT KEY: its values, one a line; an empty assignment forgets those before it.
unit_values() {
    # shellcheck disable=SC2046 # the names of units hold no blanks
    set -- "$2" $(unit_files "$1")
    key=$1
    shift
    [ "$#" -gt 0 ] || return 0
    awk -v key="$key=" '
        /^[ \t]*[#;]/ { next }
        {
            while (sub(/[ \t]*\\$/, " ")) { if ((getline more) <= 0) break; sub(/^[ \t]+/, "", more); $0 = $0 more }
        }
        index($0, key) == 1 {
            value = substr($0, length(key) + 1)
            if (value == "") { n = 0 } else { values[++n] = value }
        }
        END { for (i = 1; i <= n; i++) print values[i] }
    ' "$@"
}

# unit_value UNIT KEY DEFAULT: the last one.
unit_value() {
    found=$(unit_values "$1" "$2" | tail -n 1)
    echo "${found:-$3}"
}

# unit_process UNIT FILE: the live process whose number that file of the unit's holds.
unit_process() {
    [ -s "$RUNNING/$1/$2" ] && read -r process <"$RUNNING/$1/$2" && kill -0 "$process" 2>/dev/null
}

# unit_pid UNIT: of its main process; 0 when it has none.
unit_pid() {
    if unit_process "$1" pid; then echo "$process"; else echo 0; fi
}

# unit_is UNIT: sets $state to active, activating, failed or inactive.
unit_is() {
    state=inactive
    [ ! -e "$RUNNING/$1/failed" ] || state=failed
    # shellcheck disable=SC2034 # for those who call this
    ! unit_process "$1" supervisor || read -r state <"$RUNNING/$1/state"
}

unit_log() {
    echo "$RUNNING/$1/log"
}
