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

# A build without libmatio refuses the option; one with it says which file is missing.
code=0
"$quality" --photos photos --pictures other=comics --boundaries drawn >../stdout 2>../stderr || code=$?
case $code in
1)
    says 'reading drawn/1.mat'
    says 'none of the 2 photos'
    ;;
2) says 'without libmatio' ;;
*) fail "expected exit code 1 or 2, found $code" ;;
esac
