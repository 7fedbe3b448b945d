# Tells what lies at a path: prints "file BYTES SHA256 SHA512", or "none". Changes nothing.
#
# Given: PLACE_TARGET.

if [ -f "$PLACE_TARGET" ]; then
    place_256=$(place_sum 256 "$PLACE_TARGET") && place_512=$(place_sum 512 "$PLACE_TARGET") &&
        echo "file $(($(wc -c <"$PLACE_TARGET"))) $place_256 $place_512"
else
    echo none
fi
