# shellcheck shell=bash
# --max-memory: what cannot fit is refused with a line that says why; what fits waits for its turn.
: "${fixture:?}" "${comicgan:?}"

mkdir photos
"$fixture" picture photos/large.png 4000 3000
for i in 1 2 3 4; do
    "$fixture" picture photos/$i.png 100 100
done

# the session of the style tiny (256 pixels) is estimated at 9 MiB, the large picture at 103
expect 1 "$comicgan" convert --style tiny --max-memory 100M photos comics
[ "$(grep -c '^comicgan: ' ../stderr)" -eq 1 ] || fail "expected one message"
grep -Eq 'photos/large.png: 4000 x 3000 pixels need about [0-9]+ MiB .* at most [0-9]+: --max-memory 100M' \
    ../stderr || fail "the refusal does not say why"
grep -q '^4 converted, 1 failed' ../stderr || fail "the small ones were not converted"
[ ! -e comics/large.png ] || fail "the large one was converted"

# the same bytes when large ones have to wait for each other
ln photos/large.png photos/5.png
expect 0 "$comicgan" convert --style tiny -j 1 photos one
expect 0 "$comicgan" convert --style tiny -j 3 --max-memory 220M photos waiting
diff -r one waiting || fail "the comics depend on --max-memory"

# a limit on address space is seen without the option
limited() {
    ulimit -v 600000
    "$comicgan" convert --style tiny "$@"
}
if (ulimit -v 600000 && "$comicgan" --version >/dev/null 2>&1); then
    "$fixture" picture huge.png 9000 9000
    expect 1 limited huge.png out.png
    grep -q 'ulimit -v' ../stderr || fail "the limit is not named"
    expect 0 limited photos/1.png out.png

    # behind the walls as without: what is mapped already counts, too
    left() {
        expect 1 limited --no-mark huge.png none.png "$@"
        sed -n 's/.*at most \([0-9]*\):.*/\1/p' ../stderr
    }
    within=$(left) without=$(left --no-sandbox)
    ((within <= without + 20 && without <= within + 20)) ||
        fail "behind the walls $within MiB are left, without $without"
else
    echo "skipped: this build needs more address space (sanitizers)"
fi

# one thread where one is asked for: those that OpenBLAS starts by itself, with 128 MiB each, are ended
mkfifo late.png
"$comicgan" convert --style tiny -j 1 --threads 1 late.png one-thread.png &
exec 9>late.png # waits until the pipe is opened for reading
threads=$(find /proc/$!/task -mindepth 1 -maxdepth 1 | wc -l)
cat photos/1.png >&9
exec 9>&-
wait $! || fail "not converted"
[ "$threads" -eq 1 ] || fail "expected one thread, found $threads"
