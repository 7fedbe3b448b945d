"""The modern recipe's steps, in the order a person would read them.

Starting is not waiting: every daemon is started as soon as its files are there, and starts again
until what it needs answers. What is waited for, once, are a few named conditions: etcd's quorum,
the API, leases, nodes. Nothing changes on any host before every host has passed preflight.
"""
