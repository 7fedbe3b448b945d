# True when the started process listens on its port: a stranger's listening does not count.
{% if well is defined %}
# And when it says that it is well: listening, it may still end in its beginnings, and nothing starts it
# again.
{% endif %}
is_up() {
    ss -ltnp "sport = :{{ port }}" | grep -q "pid=$pid,"{% if well is defined %} &&
        [ "$(fetch {{ well }})" = ok ]{% endif %}

}
