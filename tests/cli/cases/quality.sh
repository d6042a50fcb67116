# shellcheck shell=bash
# comicgan-quality: a table, JSON, and boundaries that people drew.
: "${fixture:?}" "${comicgan:?}"
quality=$(dirname "$comicgan")/comicgan-quality

mkdir photos comics
for i in 1 2; do
    "$fixture" picture photos/$i.png $((120 + i)) 130
    "$fixture" picture comics/$i.png $((120 + i)) 130
done

expect 0 "$quality" --photos photos --pictures other=comics --style tiny
grep -q '^tiny ' ../stdout || fail "no row for the style"
! grep -q 'boundaries' ../stdout || fail "boundaries that nobody asked for"
expect 0 "$quality" --photos photos --pictures other=comics --json
grep -qF '"photos_boundaries": null' ../stdout || fail "no word about boundaries in JSON"

# Where libmatio is missing the option is refused.
mkdir drawn
if ! "$fixture" boundaries drawn/1.mat 121 130; then
    expect 2 "$quality" --photos photos --pictures other=comics --boundaries drawn
    says 'built without libmatio'
    return 0
fi

# A photo without its file, or with that of another size, is left out.
"$fixture" boundaries drawn/2.mat 130 122
expect 1 "$quality" --photos photos --pictures other=comics --boundaries drawn
says 'drawn/2.mat: boundaries of 130 x 122 pixels, but the photo is measured at 122 x 130'
rm drawn/2.mat
expect 1 "$quality" --photos photos --pictures other=comics --boundaries drawn
says 'reading drawn/2.mat'

# The same picture has the same edges.
"$fixture" boundaries drawn/2.mat 122 130
expect 0 "$quality" --photos photos --pictures other=comics --boundaries drawn
sed '1,/boundaries/d' ../stdout >table
grep -Eq '^ +paired +near *$' table || fail "no heading for both ways"
[ "$(sed -n 's/^photos *//p' table)" = "$(sed -n 's/^other *//p' table)" ] || fail "the same picture differs"
grep -Eq '^photos( +[01]\.[0-9]{3}){8}$' table || fail "no eight figures"
expect 0 "$quality" --photos photos --pictures other=comics --boundaries drawn --json
[ "$(grep -c '"threshold"' ../stdout)" -eq 4 ] || fail "no two ways for photos and comics in JSON"
