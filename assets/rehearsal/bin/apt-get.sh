#!/bin/sh
# Stands in for apt-get: everything a rehearsal host can have, it has.
. /usr/lib/rehearsal/lib.sh
pause 0.5
echo "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded."
