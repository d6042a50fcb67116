# shellcheck shell=bash
# Comic pages: sizes, layouts, captions, what is refused.
: "${fixture:?}" "${comicgan:?}"

for i in 1 2 3 4 5 6 7 8 9 10; do
    "$fixture" picture "p$i.png" $((90 + 37 * (i % 4))) $((100 + 29 * (i % 3)))
done
photos=(p1.png p2.png p3.png p4.png p5.png p6.png p7.png p8.png p9.png)

# page ARGUMENTS...: on a small page unless another is named, must succeed without a word.
page() {
    expect 0 "$comicgan" page --style tiny --page 200x280 "$@"
    [ -z "$(cat ../stdout ../stderr)" ] || fail "expected no output: page $*"
}

for count in 2 3 6 9; do
    page --force "${photos[@]:0:count}" out.png
    has_size out.png '200 280'
done
page --force p1.png p2.png p3.png -o out.jpg
[ "$(head -c 18 out.jpg | tail -c 5 | od -An -tx1)" = ' 00 00 01 00 01' ] || fail "pixels have no resolution"
[ "$(head -c 2 out.jpg | od -An -tx1)" = ' ff d8' ] || fail "out.jpg is not a JPEG file"

# a page by its name; a strip's height is its own
expect 0 "$comicgan" page --style tiny --page A4 p1.png p2.png a4.png
has_size a4.png '2480 3508'
# 300 dots per inch are 11811 per metre, 0x2e23
grep -qaP 'pHYs\x00\x00\x2e\x23\x00\x00\x2e\x23\x01' a4.png || fail 'A4 does not say its resolution'
expect 0 "$comicgan" page --style tiny --layout strip "${photos[@]}" strip.png
[ "$("$fixture" size strip.png | cut -d' ' -f1)" -eq 3508 ] || fail "a strip is 3508 wide"
[ "$("$fixture" size strip.png | cut -d' ' -f2)" -lt 700 ] || fail "a strip of nine is low"
rm a4.png strip.png

# every option changes the page
page "${photos[@]:0:5}" plain.png
for option in --layout=grid --layout=feature --gutter=20 --frame=9 --slant=0 --rtl --ink=0 \
    --background=black --background=#00ff00; do
    page --force "$option" "${photos[@]:0:5}" changed.png
    differ plain.png changed.png
done

# margins and gutters have the background's colour; panels hold pictures, and not the same ones
page --page 400x560 --slant 0 --layout grid --gutter 20 --frame 0 --background '#0040ff' p1.png p2.png \
    p3.png p4.png grid.png
for at in '2 2' '397 557' '200 100' '200 280' '200 450'; do
    # shellcheck disable=SC2086
    found=$("$fixture" pixel grid.png $at)
    [ "$found" = '0 64 255' ] || fail "expected the background at $at, found $found"
done
panels=$(for at in '100 120' '300 120' '100 420' '300 420'; do
    # shellcheck disable=SC2086
    "$fixture" pixel grid.png $at
done | sort -u | grep -cv '^0 64 255$')
[ "$panels" -ge 3 ] || fail "the panels do not differ"

refuse 2 'expected two to nine photos and OUT, found only 2 arguments' page p1.png new.png
refuse 2 'expected two to nine photos, found only p1.png' page p1.png -o new.png
refuse 2 'unexpected argument new.png; expected two to nine photos and OUT' page "${photos[@]}" p10.png new.png
refuse 2 'at most one for each of 2 photos, found 3' page --caption a --caption b --caption c \
    p1.png p2.png new.png
refuse 2 'found "spiral"' page --layout spiral p1.png p2.png new.png
refuse 2 '--page: expected' page --page a5 p1.png p2.png new.png
for size in 100x400 400x16001 400 400x 400x400x400 -400x400 99999999999x400; do
    refuse 2 "found \"$size\"" page --page="$size" p1.png p2.png new.png
done
for colour in reddish '#12345' '#1234567' '#12345g' ''; do
    refuse 2 "found \"$colour\"" page --background "$colour" p1.png p2.png new.png
done
refuse 2 'from -15 to 15' page --slant 16 p1.png p2.png new.png
refuse 2 'from 0 to 1000' page --gutter -1 p1.png p2.png new.png
refuse 2 'from 0 to 200' page --frame thick p1.png p2.png new.png
refuse 2 'no room' page --style tiny --page 400x400 --gutter 300 "${photos[@]}" new.png
refuse 2 'did you mean --layout?' page --layuot grid p1.png p2.png new.png

refuse 2 'ends in .png' page p1.png p2.png new.gif
refuse 3 'nosuch' page --style nosuch p1.png p2.png new.png
echo 'not a picture' >text.png
refuse 1 'text.png' page --style tiny p1.png text.png new.png
refuse 1 'missing.png' page --style tiny missing.png p1.png new.png
mkdir folder.png
refuse 1 'found a folder' page --style tiny p1.png p2.png folder.png
refuse 1 'nowhere' page --style tiny p1.png p2.png nowhere/new.png

# an OUT that is there is not touched without --force, and never when it is a photo
cp p1.png keep.png
refuse 2 '--force replaces it' page --style tiny p1.png p2.png keep.png
refuse 2 'the same file' page --style tiny --force p1.png p2.png p1.png
refuse 1 'text.png' page --style tiny --force p1.png text.png keep.png
cmp p1.png keep.png || fail "OUT was changed by a failure"

# OUT came first in old versions: what can be told apart is refused, with the line to type
before=$(cksum "${photos[@]}" out.png)
refuse 2 'comicgan page ... p2.png p1.png new.png' page --style tiny new.png p2.png p1.png
refuse 2 'comicgan page ... --force p2.png p1.png new.png' page --style tiny --force new.png p2.png p1.png
refuse 2 'page ... --force p2.png p1.png out.png' page --style tiny --page 200x280 --force out.png \
    p2.png p1.png
refuse 2 'p1.png is there already' page --style tiny p3.png p2.png p1.png
refuse 2 'the same file' page --style tiny --force -o ./p1.png p1.png p2.png
[ "$(cksum "${photos[@]}" out.png)" = "$before" ] || fail "a photo or a page was written over"
page --force p1.png p2.png out.png
page --force --out out.png p1.png p2.png

refuse 2 'expected an OpenType or TrueType font' page --style tiny --font text.png --caption a \
    p1.png p2.png new.png
refuse 2 'nofont.ttf' page --style tiny --font nofont.ttf --title a p1.png p2.png new.png
[ ! -e new.png ] || fail "a failure left something behind"

if [ ! -r /usr/share/fonts/opentype/comic-neue/ComicNeue-Bold.otf ]; then
    echo "skipped: captions need fonts-comic-neue"
    return 0
fi
page --page 400x560 --caption 'A first one.' --caption '' \
    --caption 'Grüße – “ça va?”' --title 'Titel' "${photos[@]:0:3}" captions.png
page --page 400x560 --force "${photos[@]:0:3}" changed.png
differ captions.png changed.png
page --force --caption '' --caption '' "${photos[@]:0:5}" changed.png
cmp plain.png changed.png || fail "empty captions change the page"
long=$(printf 'endless %.0s' $(seq 200))
refuse 2 '--caption, number 2: expected a text that fits' page --style tiny --page 400x560 \
    --caption a --caption "$long" p1.png p2.png new.png
refuse 2 '--title: expected a text that fits' page --style tiny --title "$long" p1.png p2.png new.png
refuse 2 '--caption, number 1: expected UTF-8' page --style tiny --caption $'\xff' p1.png p2.png \
    new.png
refuse 2 'U+10FFFD' page --style tiny --caption $'\xf4\x8f\xbf\xbd' p1.png p2.png new.png
nothing_but "${photos[@]}" p10.png out.png out.jpg plain.png changed.png grid.png \
    text.png folder.png keep.png captions.png
