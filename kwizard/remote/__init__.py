"""SSH: connections, host keys, sudo, detached jobs, transfer."""
