# The programs that stay are noted apart, with what was in their places before the first installation.
# What else is noted here is of the installation that is going: the next one notes anew how the host
# is before it.
rm -f "$before/noted"
(umask 077 && mkdir -p "$kept/files")
written | sort -u | while IFS= read -r file; do
    stays "$file" || continue
    echo "$file" >&3
    echo "left in place: $file"
    [ -e "$kept/files$file" ] || ! had "$file" || {
        (umask 077 && mkdir -p "$kept/files${file%/*}")
        cp -a "$former" "$kept/files$file"
    }
done 3>"$kept/written.new"
cat "$saved/made" "$kept/made" 2>/dev/null | sort -u | while IFS= read -r directory; do
    [ ! -d "$directory" ] || echo "$directory"
done >"$kept/made.new"
mv -f "$kept/made.new" "$kept/made"
mv -f "$kept/written.new" "$kept/written"
rm -f "$saved/written"
