# shellcheck shell=bash
# --report: a line of JSON for each picture, as it goes.
: "${fixture:?}" "${comicgan:?}"

mkdir photos
"$fixture" picture photos/a.png 60 40
"$fixture" picture photos/c.jpg 30 50
echo bad >photos/b.png
printf 'bad' >$'photos/\xff.png'

expect 1 "$comicgan" convert --style tiny --format jpg --report r.jsonl -j 1 photos comics
[ "$(wc -l <r.jsonl)" -eq 4 ] || fail "expected four lines"

# line TEXT...: one line has all of them
line() {
    local text found
    found=$(cat r.jsonl)
    for text in "$@"; do
        found=$(grep -F -- "$text" <<<"$found") || fail "no line with $text: $(cat r.jsonl)"
    done
}
line '"input":"photos/a.png"' '"output":"comics/a.jpg"' '"status":"converted"' '"error":null' \
    '"warnings":[]' '"width":60,"height":40' "\"input_bytes\":$(wc -c <photos/a.png)," \
    "\"output_bytes\":$(wc -c <comics/a.jpg)," '"style":"tiny"' '"ms":{"read":'
line '"input":"photos/c.jpg"' '"width":30,"height":50' '"convert":' '"write":'
line '"input":"photos/b.png"' '"status":"failed"' '"error":"reading photos/b.png: ' \
    '"output_bytes":null' '"width":null'
line '"input":"photos/?.png"' # JSON is UTF-8, names need not be
"$fixture" json r.jsonl || fail "not JSON"

# it begins anew, but goes on with --skip-existing
expect 1 "$comicgan" convert --style tiny --format jpg --report r.jsonl --skip-existing photos comics
[ "$(wc -l <r.jsonl)" -eq 6 ] || fail "expected two more lines for the two that failed"
refuse 2 'r.jsonl is there already; --force' convert --style tiny --report r.jsonl photos/a.png b.png
expect 0 "$comicgan" convert --style tiny --force --report r.jsonl photos/a.png b.png
[ "$(wc -l <r.jsonl)" -eq 1 ] || fail "expected the report to begin anew"

# never over what the call reads or makes, nor to the end of what is no report
printf '%s\n' photos/a.png >list
cp -r photos kept
for out in photos/a.png photos/../list; do
    refuse 2 'the same file' convert --style tiny --force --report $out --files-from list c.png/
done
refuse 2 'the same file' convert --style tiny --report photos/a.png photos/a.png photos/c.jpg new/
refuse 2 'is the name of a comic' convert --style tiny --report ./c.png photos/a.png c.png
refuse 2 'another file' convert --style tiny --skip-existing --report list photos/a.png c.png
for option in --force --skip-existing; do
    refuse 2 'that of a picture' convert --style tiny $option --report photos/a.png photos/c.jpg c.png
done
diff -r photos kept || fail "a photo was written over"
[ "$(cat list)" = photos/a.png ] || fail "the list was written over"
{ [ ! -e c.png ] && [ ! -e new ]; } || fail "a refused call did something"
rm -r list kept

# a report that cannot be written: known beforehand, or told once; the comics are made
refuse 1 'nowhere/r.jsonl' convert --style tiny --report nowhere/r.jsonl photos/a.png c.png
[ ! -e c.png ] || fail "something was done without the report"
refuse 1 'it ends here' convert --style tiny --report /dev/full photos/a.png c.png
[ -e c.png ] || fail "the comic was not made"

# what could not be used of a picture is in it, and told; it is not a failure
mkdir flawed
"$fixture" flavour flawed/a.png broken-profile
"$fixture" picture flawed/b.png 30 20
expect 0 "$comicgan" convert --style tiny --force --report r.jsonl flawed unflawed
line '"input":"flawed/a.png"' '"status":"converted"' '"warnings":["its colour profile could not be'
line '"input":"flawed/b.png"' '"warnings":[]'
grep -q '^comicgan: warning: flawed/a.png: its colour profile could not be used' ../stderr ||
    fail "the warning is not told"
[ "$(wc -l <../stderr)" -eq 2 ] || fail "expected a warning and the summary"
expect 0 "$comicgan" convert --style tiny --quiet --force flawed unflawed
[ ! -s ../stderr ] || fail "--quiet tells warnings"
