# Tells whether a file is there whole: prints "has" or "not". Changes nothing.
#
# Given: as for place-look.sh.

if [ -f "$PLACE_TARGET" ] && [ "$(wc -c <"$PLACE_TARGET")" -eq "$PLACE_SIZE" ] &&
    [ "$(place_sha256 "$PLACE_TARGET")" = "$PLACE_SHA256" ]; then
    echo has
else
    echo not
fi
