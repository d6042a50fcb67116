# shellcheck shell=bash
# Asked to stop, or killed: nothing half done is left, and the same call with --skip-existing does
# the rest. A pipe among the pictures holds the batch up at a known place.
: "${fixture:?}" "${comicgan:?}"

mkdir photos
for i in a b x y z; do
    "$fixture" picture photos/$i.png 60 40
done
mkfifo photos/hold.png
touch -d '1 hour ago' photos/*
list=(photos/a.png photos/b.png photos/hold.png photos/x.png photos/y.png photos/z.png)

# start OUT: in the background, until the first two comics are there and the pipe is waited for
start() {
    "$comicgan" convert --style tiny -j 1 "${list[@]}" "$1/" 2>../stderr &
    process=$!
    for _ in $(seq 600); do
        [ ! -e "$1/b.png" ] || return 0
        sleep 0.05
    done
    fail "the batch did not begin"
}

# taken: what was sent to it has reached it, or it has ended; a second signal before that could
# count as one with it
taken() {
    while grep -qs '^\(Sig\|Shd\)Pnd:.*[1-9a-f]' "/proc/$process/status"; do
        sleep 0.01
    done
}

# ended CODE: it has
ended() {
    local code=0
    wait "$process" || code=$?
    [ "$code" -eq "$1" ] || fail "expected exit code $1, found $code"
}

# only FOLDER NAMES...: these files lie in it, and no other, hidden or not
only() {
    local folder=$1
    shift
    [ "$(ls -A "$folder")" = "$(printf '%s\n' "$@")" ] || fail "$folder: $(ls -A "$folder")"
}

for signal in INT TERM; do
    start once
    kill -$signal $process
    cat photos/x.png >photos/hold.png & # what is in hand can be finished, or is not begun
    feeder=$!
    ended 130
    kill $feeder 2>/dev/null || true
    grep -Eq '^[23] converted, [34] not done in ' ../stderr || fail "no summary after $signal"
    rm -f once/hold.png
    only once a.png b.png

    start twice
    kill -$signal $process
    taken
    kill -$signal $process 2>/dev/null || true # it may not have come to the pipe yet, and ended
    ended 130
    only twice a.png b.png
    rm -r once twice
done

start killed
kill -KILL $process
ended 137
only killed a.png b.png
list=(photos/a.png photos/b.png photos/x.png photos/y.png photos/z.png)
expect 0 "$comicgan" convert --style tiny --skip-existing "${list[@]}" killed
only killed a.png b.png x.png y.png z.png
grep -q '^3 converted in .*; left out: 2 done already$' ../stderr || fail "not the rest was done"
