# shellcheck shell=bash
# A file that comes to be at OUT while the work goes on is not replaced without --force.
: "${comicgan:?}" "${fixture:?}"

"$fixture" picture photo.png 64 48
"$fixture" picture theirs.png 40 40
"$fixture" film film.y4m 64 48 3 420mpeg2
mkfifo in.png

# raced OUT COMMAND...: OUT appears while in.png is waited for; the exit code
raced() {
    local out=$1 writer code=0
    shift
    {
        exec 9>in.png # waits until the pipe is opened for reading
        cp theirs.png "$out"
        cat photo.png >&9
    } &
    writer=$!
    "$@" >../stdout 2>../stderr || code=$?
    kill $writer 2>/dev/null || :
    wait $writer || :
    return $code
}

# kept OUT: it is theirs, and nothing else was left
kept() {
    cmp theirs.png "$1" || fail "$1 was replaced"
    grep -q "$1 is there already; --force replaces it" ../stderr || fail "$1: not the usual words"
    [ -z "$(find . -name '.*comicgan*')" ] || fail "a temporary file is left"
    rm "$1"
}

# as the file system does it, and as one does that cannot rename so (a library in front of the C library)
failing=$(dirname "$comicgan")/tests/torture/libfail_call.so
ways=(true)
[ ! -e "$failing" ] || ways+=("env LD_PRELOAD=$failing FAIL_CALL=renameat2:1:EINVAL")
for way in "${ways[@]/#true/env}"; do
    # shellcheck disable=SC2086
    {
        ! raced out.png $way "$comicgan" convert --no-sandbox --style tiny in.png out.png || fail "convert"
        kept out.png
        ! raced out.png $way "$comicgan" convert --style tiny in.png out.png || fail "convert, in its walls"
        kept out.png
        ! raced out.png $way "$comicgan" page --style tiny --page 200x200 photo.png in.png out.png || fail "page"
        kept out.png
        expect 0 $way "$comicgan" convert --style tiny photo.png out.png
        rm out.png
    }
done

raced out.png "$comicgan" convert --style tiny --force in.png out.png || fail "--force"
! cmp -s theirs.png out.png || fail "--force does not replace"

# With --skip-existing another call may have made the comic meanwhile: laid before the picture's turn, as in.png is waited
# for ...
expect 0 "$comicgan" convert --style tiny photo.png alike.png
expect 0 "$comicgan" convert --style tiny --line 2 photo.png otherwise.png
skipping=("$comicgan" convert --style tiny --skip-existing -j 1)
cp photo.png z.png
for walls in "" --no-sandbox; do
    rm -rf out
    mkdir out
    cp alike.png theirs.png
    # shellcheck disable=SC2086
    raced out/z.png "${skipping[@]}" $walls in.png z.png out/ || fail "a comic that another call made is a failure"
    cmp alike.png out/z.png || fail "it was made again"
    grep -q '^1 converted in .*; left out: 1 done already$' ../stderr || fail "it is not counted: $(cat ../stderr)"
done

# ... and just before the finished file gets its name.
# stopped_before_naming COMIC: the exit code of a call that meets COMIC then
stopped_before_naming() {
    local call code=0
    rm -rf out
    env LD_PRELOAD="$failing" FAIL_CALL=renameat2:1:stop "${skipping[@]}" photo.png z.png out/ 2>../stderr &
    call=$!
    until grep -q '^State:.T' /proc/$call/status; do sleep 0.01; done
    cp -p "$1" out/photo.png
    kill -CONT $call
    wait $call || code=$?
    cmp "$1" out/photo.png || fail "a comic that came last was replaced"
    [ -z "$(find . -name '.*comicgan*')" ] || fail "a temporary file is left"
    return $code
}

if [ -e "$failing" ]; then
    stopped_before_naming alike.png || fail "a comic that came last is a failure"
    grep -q '^1 converted in .*; left out: 1 done already$' ../stderr || fail "it is not counted: $(cat ../stderr)"
    ! stopped_before_naming otherwise.png || fail "one that was made otherwise is none"
    grep -q 'out/photo.png is there already' ../stderr || fail "one that was made otherwise: $(cat ../stderr)"
fi
rm -r out

mkdir frames
cp photo.png frames/1.png
mv in.png frames/2.png
ln -s frames/2.png in.png
mkdir comics
! raced comics/2.png "$comicgan" video --style tiny --frames frames comics || fail "video --frames"
kept comics/2.png
