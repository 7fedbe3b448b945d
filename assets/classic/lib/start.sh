{# Needs what lib/supervised.sh needs, that file included, and the function is_up. #}
if [ -z "${again:-}" ] && as_wanted "$@"; then
    echo "{{ daemon }} runs already, with these arguments"
    exit 0
fi

# Processes of this program on the host itself; one in a container has a mount namespace of its own.
processes() {
    for directory in /proc/[0-9]*; do
        read -r name <"$directory/comm" || continue
        [ "$name" = {{ daemon[:15] }} ] || continue
        case $(readlink "$directory/exe") in
            /usr/bin/{{ daemon }} | '/usr/bin/{{ daemon }} (deleted)') ;;
            *) continue ;;
        esac
        [ "$(readlink "$directory/ns/mnt")" = "$(readlink /proc/self/ns/mnt)" ] || continue
        echo "${directory#/proc/}"
    done 2>/dev/null
}

# Whatever started the one that runs: a unit, this script earlier, or somebody by hand.
if systemctl is-active --quiet {{ daemon }}.service 2>/dev/null; then
    systemctl stop {{ daemon }}.service
fi
for process in $(processes); do
    kill "$process" 2>/dev/null || true
    tries=0
    while [ -e "/proc/$process" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || kill -KILL "$process" 2>/dev/null || true
        sleep 0.1
    done
done

{% if keeps is not defined %}
{% include "common/keep.sh" %}

{% endif %}
{% if supervisor == "nohup" %}
if [ -e /etc/systemd/system/{{ daemon }}.service ]; then
    keep /etc/systemd/system/{{ daemon }}.service
    systemctl disable --quiet {{ daemon }}.service
    rm -f /etc/systemd/system/{{ daemon }}.service
    systemctl daemon-reload
fi
mkdir -p /run/kwizard
touch /var/log/{{ daemon }}.log
logged=$(wc -c </var/log/{{ daemon }}.log)
touch /run/kwizard/{{ daemon }}.started

# setsid takes it out of this script's session, so that it outlives the script. Nothing starts it
# again when it ends or after a reboot: that is what supervisor systemd is for.
{% for setting in settings if setting.startswith("Environment=") %}
export {{ setting.removeprefix("Environment=") }}
{% endfor %}
shift {{ line | count_words }}
setsid nohup {{ line }} \
    "$@" >> /var/log/{{ daemon }}.log 2>&1 &
pid=$!
echo "$pid" >"$pid_file"

last_words() {
    tail -c "+$((logged + 1))" /var/log/{{ daemon }}.log | tail -n "$1"
}
{% else %}
rm -f /run/kwizard/{{ daemon }}.pid
mkdir -p /run/kwizard
keep "$unit"
unit_text "$@" >"$unit.new"
mv -f "$unit.new" "$unit"
systemctl daemon-reload
systemctl enable --quiet {{ daemon }}.service
touch /run/kwizard/{{ daemon }}.started
systemctl restart {{ daemon }}.service
pid=$(main_pid)

# What it logs stands in the journal, which keeps itself small: journalctl -u {{ daemon }}
last_words() {
    journalctl --unit={{ daemon }}.service --lines="$1" --no-pager --output=cat 2>/dev/null
}
{% endif %}

alive() {
    # A process that ended but was not waited for has no command line any more.
    [ "$pid" != 0 ] && [ -n "$(tr -d '\0' 2>/dev/null <"/proc/$pid/cmdline")" ] &&
        [ "$(main_pid)" = "$pid" ]
}

# It is up when it serves; one that waits for others first must have lived for 3 s. A process that
# has just been started may not show its command line yet, so it is dead only after three looks.
tries=0
dead=0
while ! is_up; do
    if alive; then dead=0; else dead=$((dead + 1)); fi
    if [ "$dead" -ge 3 ]; then
        # The reason stands before the stack that a program of Go prints when it gives up.
        reason=$(last_words 400 | grep -e '^F[0-9]' -e '^panic:' -e '^[Ee]rror:' -e 'unknown flag' | tail -n 1)
        [ -n "$reason" ] || reason=$(last_words 400 | grep '^E[0-9]' | tail -n 1)
        [ -n "$reason" ] || reason=$(last_words 1)
        last_words 20 >&2
        fail "{{ daemon }} did not stay up; it said: $reason"
    fi
    tries=$((tries + 1))
    [ "$tries" -lt {{ patience | default(30) }} ] || break
    sleep 0.1
done
echo "{{ daemon }} runs as process $pid"
