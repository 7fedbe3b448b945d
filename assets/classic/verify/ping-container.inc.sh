ping=$(command -v ping)
sleep=$(command -v sleep)
made_of=$(sha256sum "$ping" "$sleep" | sha256sum | cut -c 1-16)
