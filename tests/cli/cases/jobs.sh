# shellcheck shell=bash
# The comics are the same bytes whatever the jobs and threads. Small: the thread sanitizer is slow.
: "${fixture:?}" "${comicgan:?}"

mkdir photos
for i in 1 2 3 4 5; do
    "$fixture" picture photos/$i.png $((40 + 30 * i)) 70
done
small() {
    expect 0 "$comicgan" convert --style tiny --detail 96 --force "$@"
}
small -j 1 --threads 1 photos one
for settings in '-j 2' '-j 3 --threads 2' '--jobs 7 --threads 1' '--threads 3'; do
    # shellcheck disable=SC2086
    small $settings photos again
    diff -r one again || fail "the comics depend on $settings"
done

# one picture, its rows shared out
for threads in 2 3 7; do
    small --threads $threads photos/5.png single.png
    cmp one/5.png single.png || fail "the comic depends on --threads $threads"
done

# what several jobs tell of failures is whole lines, and each once
for i in 6 7 8; do
    echo bad >photos/$i.png
done
expect 1 "$comicgan" convert --style tiny --detail 96 --force -j 4 --verbose --report r.jsonl \
    photos again
diff -r one again || fail "failures change other comics"
[ "$(grep -c '^photos/[1-5].png -> again/[1-5].png$' ../stderr)" -eq 5 ] || fail "expected 5 lines"
[ "$(grep -c '^comicgan: reading photos/[6-8].png: ' ../stderr)" -eq 3 ] || fail "expected 3 errors"
"$fixture" json r.jsonl || fail "the report is not JSON"
[ "$(wc -l <r.jsonl)" -eq 8 ] || fail "expected eight lines in the report"
