"""Certificates of a cluster: which it needs, made and kept on the operator's side."""
