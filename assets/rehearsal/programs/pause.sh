#!/bin/sh
# Stands in for the program that holds a pod's network: it waits.
exec sleep 2147483647
