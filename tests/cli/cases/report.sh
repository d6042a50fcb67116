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
expect 0 "$comicgan" convert --style tiny --report r.jsonl photos/a.png b.png
[ "$(wc -l <r.jsonl)" -eq 1 ] || fail "expected the report to begin anew"

# a report that cannot be written: known beforehand, or told once; the comics are made
refuse 1 'nowhere/r.jsonl' convert --style tiny --report nowhere/r.jsonl photos/a.png c.png
[ ! -e c.png ] || fail "something was done without the report"
refuse 1 'it ends here' convert --style tiny --report /dev/full photos/a.png c.png
[ -e c.png ] || fail "the comic was not made"
