# True when the started process listens on its port: a stranger's listening does not count.
is_up() {
    ss -ltnp "sport = :{{ port }}" | grep -q "pid=$pid,"
}
