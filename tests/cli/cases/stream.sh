# shellcheck shell=bash
# A film from stdin to stdout: the same header, as many frames, of any chroma and size.
: "${fixture:?}" "${comicgan:?}"

# stream IN OUT ARGUMENTS...: with the style tiny, must succeed without a word.
stream() {
    local in=$1 out=$2
    shift 2
    "$comicgan" stream --style tiny "$@" <"$in" >"$out" 2>../stderr || fail "stream $*: exit code $?"
    [ ! -s ../stderr ] || fail "expected no word on stderr: stream $*"
}

# bad CODE TEXT IN ARGUMENTS...: must end with CODE and one line that has TEXT.
bad() {
    local expected=$1 text=$2 in=$3 code=0
    shift 3
    "$comicgan" stream --style tiny "$@" <"$in" >bad.out 2>../stderr || code=$?
    [ "$code" -eq "$expected" ] || fail "expected exit code $expected, found $code: stream < $in"
    grep -qF -- "$text" ../stderr || fail "expected \"$text\" on stderr: stream < $in"
    [ "$(wc -l <../stderr)" -eq 1 ] || fail "expected one line on stderr: stream < $in"
}

for chroma in 420jpeg 420mpeg2 422 444 420p10 422p12 444p16 mono mono10; do
    for size in '64 48' '65 47' '1 1'; do
        # shellcheck disable=SC2086
        "$fixture" film in.y4m $size 3 $chroma
        stream in.y4m out.y4m
        [ "$(head -n 1 in.y4m)" = "$(head -n 1 out.y4m)" ] || fail "$chroma $size: another header"
        [ "$(wc -c <in.y4m)" -eq "$(wc -c <out.y4m)" ] || fail "$chroma $size: another length"
    done
done

# the same bytes with any number of threads; every option does something; --fast keeps the length
"$fixture" film in.y4m 200 150 12 420mpeg2
stream in.y4m plain.y4m
cmp -s in.y4m plain.y4m && fail "the film was not changed"
for threads in 1 2 3; do
    stream in.y4m again.y4m --threads $threads
    cmp plain.y4m again.y4m || fail "the comic depends on --threads"
done
for option in '--stability 0' '--redraw 1' '--ink 0' '--strength 0.5' '--detail 64' '--colors 4'; do
    # shellcheck disable=SC2086
    stream in.y4m other.y4m $option
    ! cmp -s plain.y4m other.y4m || fail "$option changes nothing"
done
"$fixture" film large.y4m 400 300 4 420mpeg2
stream large.y4m fast.y4m --fast
[ "$(wc -c <large.y4m)" -eq "$(wc -c <fast.y4m)" ] || fail "--fast changes the length"

# films that are not whole, or not films
head -c 100000 in.y4m >cut.y4m
bad 1 'is cut off' cut.y4m
# what came before is written: the header and two frames of 45006 bytes
[ "$(wc -c <bad.out)" -eq $(($(head -n 1 in.y4m | wc -c) + 2 * 45006)) ] ||
    fail "frames before the end of a film that is cut off were not written"
head -n 1 in.y4m >header.y4m
bad 1 'found none' header.y4m
cat in.y4m large.y4m >two.y4m
bad 1 'found a second header' two.y4m
: >empty.y4m
bad 1 'found nothing' empty.y4m
"$fixture" picture picture.png 20 20
bad 1 'expected a YUV4MPEG2 header' picture.png
sed '1s/ Ip / It /' in.y4m >interlaced.y4m
bad 1 'found interlaced (It)' interlaced.y4m
sed '1s/C420mpeg2/C411/' in.y4m >other.y4m
bad 1 'found "411"' other.y4m

# who reads goes away; the disk is full
{ "$comicgan" stream --style tiny <in.y4m 2>../stderr || echo $? >code; } | head -c 50000 >/dev/null
[ "$(cat code)" = 1 ] || fail "a broken pipe: expected exit code 1"
grep -q 'has gone away' ../stderr || fail "a broken pipe is not named"
code=0
"$comicgan" stream --style tiny <in.y4m >/dev/full 2>../stderr || code=$?
[ "$code" -eq 1 ] || fail "a full disk: expected exit code 1, found $code"
grep -q 'the disk is full' ../stderr || fail "a full disk is not named"

# wrong calls
refuse 2 'comicgan video' stream in.y4m
refuse 2 'expected a number from 0 to 1' stream --stability 2
refuse 2 'expected a whole number from 1 to 24' stream --redraw 0
refuse 2 'did you mean --stability' stream --stabilty 1
refuse 3 'nosuch' stream --style nosuch
