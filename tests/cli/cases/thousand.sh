# shellcheck shell=bash
# A bad file among a thousand costs one line, and the other 999 are converted.
: "${fixture:?}" "${comicgan:?}"

mkdir many
"$fixture" picture many/1.png 16 16
for i in $(seq 2 1000); do
    ln many/1.png "many/$i.png"
done
rm many/500.png
head -c 100 many/1.png >many/500.png

expect 1 "$comicgan" convert --style tiny --detail 64 --format jpg many comics/
[ "$(find comics -name '*.jpg' | wc -l)" -eq 999 ] || fail "expected 999 comics of 1000"
[ "$(grep -c '^comicgan: ' ../stderr)" -eq 1 ] || fail "expected one message"
grep -q 'many/500.png' ../stderr || fail "the bad file is not named"
grep -q '^999 converted, 1 failed in ' ../stderr || fail "the summary does not count them"
