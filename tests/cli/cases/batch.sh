# shellcheck shell=bash
# Many pictures in one call: all of them, the same bytes in any order, failures told and left behind.
: "${fixture:?}" "${comicgan:?}"

mkdir photos
for i in $(seq 30); do
    "$fixture" picture "photos/$(printf %02d "$i").png" $((20 + 7 * i)) $((90 - 2 * i))
done
echo 'not a picture' >photos/07.png

# batch CODE ARGUMENTS...
batch() {
    local code=$1
    shift
    expect "$code" "$comicgan" convert --style tiny "$@"
    [ ! -s ../stdout ] || fail "expected nothing on stdout: $*"
}

# one bad among thirty: one line for it, all others done, exit 1
batch 1 photos comics/
[ "$(find comics -name '*.png' | wc -l)" -eq 29 ] || fail "expected 29 comics"
[ "$(grep -c '^comicgan: ' ../stderr)" -eq 1 ] || fail "expected one message"
grep -q '^comicgan: reading photos/07.png' ../stderr || fail "the bad file is not named"
grep -Eq '^29 converted, 1 failed in [0-9.]+ s \([0-9.]+ pictures/s\)$' ../stderr || fail "no summary"
has_size comics/30.png '230 30'

# the same bytes as one by one
convert photos/12.png single.png
cmp single.png comics/12.png || fail "a picture differs in a batch"

# what is told: nothing but errors; lines; a progress line only on a terminal
batch 1 --quiet --force photos comics
[ "$(wc -l <../stderr)" -eq 1 ] || fail "--quiet says more than the error"
rm photos/07.png
batch 0 --quiet --force photos comics
[ ! -s ../stderr ] || fail "--quiet is not quiet"
batch 0 --verbose --force photos comics
[ "$(grep -c '^photos/.*\.png -> comics/.*\.png$' ../stderr)" -eq 29 ] || fail "expected 29 lines"
grep -q $'\033' ../stderr && fail "a progress line where there is no terminal"
batch 0 --verbose photos/01.png verbose.png
[ "$(cat ../stderr)" = 'photos/01.png -> verbose.png' ] || fail "one picture: expected its line alone"

# what is there: refused before any work, skipped, or overwritten
cp photos/01.png comics/01.png
rm comics/30.png
refuse 2 '--force' convert --style tiny photos comics
[ ! -e comics/30.png ] || fail "something was done before the refusal"
touch -d '1 hour ago' photos/*
batch 0 --skip-existing photos comics
grep -q '^1 converted in .*; left out: 28 done already$' ../stderr || fail "not what was left out"
cmp photos/01.png comics/01.png || fail "what was there is changed"
batch 0 --skip-existing photos comics
grep -q '^0 converted; left out: 29 done already$' ../stderr || fail "not all was done already"

# a rehearsal
expect 0 "$comicgan" convert --style tiny --dry-run -r . dry/
grep -q '^./photos/01.png -> dry/photos/01.png$' ../stdout || fail "the files are not named"
grep -q ' to convert' ../stderr || fail "the rehearsal does not count"
[ ! -e dry ] || fail "the rehearsal wrote something"
refuse 3 nosuch convert --style nosuch --dry-run photos dry/

# a full disk: one line, and the rest is not tried
mkdir full
for i in 01 02 03 04 05 06 07 08; do
    cp photos/01.png full/$i.png
done
mkdir filled
for i in 01 02 03 04 05 06 07 08; do
    ln -s /dev/full filled/$i.png
done
batch 1 -j 2 --force full filled
[ "$(grep -c '^comicgan: ' ../stderr)" -eq 1 ] || fail "expected one line for a full disk"
grep -q 'the disk is full; the rest is not tried' ../stderr || fail "the full disk is not named"
grep -Eq '^0 converted, [12] failed, [67] not done' ../stderr || fail "the rest was tried"

# the standard streams, one of them broken
"$comicgan" convert --style tiny --format png - - <photos/12.png >stream.png || fail "no stream"
mkfifo pipe # whose writer may be gone before it is read
{ cat photos/12.png >pipe & }
timeout 100 "$comicgan" convert --style tiny --format png - - <pipe | cmp - stream.png || fail "a named pipe is another stream"
rm pipe
cmp stream.png single.png || fail "a stream differs"
code=0
"$comicgan" convert --style tiny --format png photos/12.png - 2>../stderr >/dev/full || code=$?
[ "$code" -eq 1 ] || fail "a full standard output: expected exit code 1, found $code"
mkfifo pipe
# shellcheck disable=SC2094
exec 3<>pipe 4>pipe 3<&- # a pipe to write to that nobody reads
code=0
"$comicgan" convert --style tiny --format png photos/12.png - 2>../stderr >&4 || code=$?
exec 4>&-
[ "$code" -eq 1 ] || fail "a broken pipe: expected exit code 1, found $code"
grep -q 'standard output: Broken pipe' ../stderr || fail "the broken pipe is not named"
