"""What to do: ordered lists of steps, one package a generation of Kubernetes."""
