# shellcheck shell=bash
# Other people's files, good, odd and broken: each becomes a comic, or costs one line and leaves
# nothing behind. They lie outside the repository.
: "${case_file:?}" "${comicgan:?}" "${fixture:?}"

files=$(dirname "$case_file")/../../../../shared/data/files
if [ ! -d "$files" ]; then
    echo "skipped: no folder $files"
    exit 0
fi

# by a list: what fuzzers found has no ending that says what it is
cp -r "$files" photos
chmod -R u+w photos
find photos '(' -name 'LICENSE*' -o -name '*.txt' ')' -delete
find photos -type f >list
total=$(wc -l <list)

expect 1 "$comicgan" convert --style tiny --detail 64 --report r.jsonl --files-from list comics
"$fixture" json r.jsonl || fail "the report is not JSON"

# counted KIND TEXT: lines of the report about the pictures of a kind that have the text
counted() {
    grep -F "\"input\":\"photos/$1" r.jsonl | grep -cF -- "$2" || true
}
failed='"status":"failed"'
[ "$(wc -l <r.jsonl)" -eq "$total" ] || fail "expected $total pictures in the report"
[ "$(grep '^comicgan: ' ../stderr | grep -vc '^comicgan: warning: ')" -eq "$(counted '' "$failed")" ] ||
    fail "expected one line for each failure"
[ "$(find comics -type f | wc -l)" -eq "$(counted '' '"status":"converted"')" ] ||
    fail "expected a file for each comic, and no other"
[ "$(counted pngsuite/x "$failed")" -eq 14 ] || fail "a broken file of PngSuite was converted"
[ "$(counted pngsuite/ "$failed")" -eq 14 ] || fail "a good file of PngSuite was not converted"
[ "$(counted exif/ "$failed")" -eq 0 ] || fail "a turned photo was not converted"
[ "$(counted reports/ "$failed")" -eq 0 ] || fail "a picture that browsers show was not converted"
for kind in pngsuite exif jpeg fuzz/png fuzz/jpeg reports; do
    echo "$kind: $(counted $kind/ '') files, $(counted $kind/ "$failed") refused," \
        "$(counted $kind/ '"warnings":["') with a warning"
done
