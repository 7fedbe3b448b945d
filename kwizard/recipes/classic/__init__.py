"""The article's recipe: etcd in docker, plain daemons, flannel, docker's bip and mtu."""
