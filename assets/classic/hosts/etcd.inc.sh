set -- {{ etcd_command(host) }}
# What this member was made of; a label on the container keeps it.
made_of=$(printf '%s\n' {{ cluster.etcd.image | q }} "$@" | cksum | cut -d ' ' -f 1)
