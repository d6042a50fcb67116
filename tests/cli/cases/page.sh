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
    page --force out.png "${photos[@]:0:count}"
    has_size out.png '200 280'
done
page --force out.jpg p1.png p2.png p3.png
[ "$(head -c 2 out.jpg | od -An -tx1)" = ' ff d8' ] || fail "out.jpg is not a JPEG file"

# a page by its name; a strip's height is its own
expect 0 "$comicgan" page --style tiny --page A4 a4.png p1.png p2.png
has_size a4.png '2480 3508'
expect 0 "$comicgan" page --style tiny --layout strip strip.png "${photos[@]}"
[ "$("$fixture" size strip.png | cut -d' ' -f1)" -eq 3508 ] || fail "a strip is 3508 wide"
[ "$("$fixture" size strip.png | cut -d' ' -f2)" -lt 700 ] || fail "a strip of nine is low"
rm a4.png strip.png

# the same bytes again, with any number of threads
page plain.png "${photos[@]:0:5}"
for threads in 1 3; do
    page --force --threads $threads again.png "${photos[@]:0:5}"
    cmp plain.png again.png || fail "the page depends on --threads"
done

# every option changes the page
for option in --layout=grid --layout=feature --gutter=20 --frame=9 --slant=0 --rtl --ink=0 \
    --background=black --background=#00ff00; do
    page --force "$option" changed.png "${photos[@]:0:5}"
    differ plain.png changed.png
done

# margins and gutters have the background's colour; panels hold pictures, and not the same ones
page --page 400x560 --slant 0 --layout grid --gutter 20 --frame 0 --background '#0040ff' grid.png \
    p1.png p2.png p3.png p4.png
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

refuse 2 'expected OUT and photos' page
refuse 2 'found 0 photos' page new.png
refuse 2 'found 1 photo' page new.png p1.png
refuse 2 'found 10 photos' page new.png "${photos[@]}" p10.png
refuse 2 'at most one for each of 2 photos, found 3' page --caption a --caption b --caption c \
    new.png p1.png p2.png
refuse 2 'found "spiral"' page --layout spiral new.png p1.png p2.png
refuse 2 '--page: expected' page --page a5 new.png p1.png p2.png
for size in 100x400 400x16001 400 400x 400x400x400 -400x400 99999999999x400; do
    refuse 2 "found \"$size\"" page --page="$size" new.png p1.png p2.png
done
for colour in red '#12345' '#1234567' '#12345g' ''; do
    refuse 2 "found \"$colour\"" page --background "$colour" new.png p1.png p2.png
done
refuse 2 'from -15 to 15' page --slant 16 new.png p1.png p2.png
refuse 2 'from 0 to 1000' page --gutter -1 new.png p1.png p2.png
refuse 2 'from 0 to 200' page --frame thick new.png p1.png p2.png
refuse 2 'no room' page --style tiny --page 400x400 --gutter 300 new.png "${photos[@]}"
refuse 2 'did you mean --layout?' page --layuot grid new.png p1.png p2.png

refuse 2 'ends in .png' page new.gif p1.png p2.png
refuse 3 'nosuch' page --style nosuch new.png p1.png p2.png
echo 'not a picture' >text.png
refuse 1 'text.png' page --style tiny new.png p1.png text.png
refuse 1 'missing.png' page --style tiny new.png missing.png p1.png
mkdir folder.png
refuse 1 'found a folder' page --style tiny folder.png p1.png p2.png
refuse 1 'nowhere' page --style tiny nowhere/new.png p1.png p2.png

# an OUT that is there is not touched without --force, and never when it is a photo
cp p1.png keep.png
refuse 2 '--force replaces it' page --style tiny keep.png p1.png p2.png
refuse 2 'the same file' page --style tiny --force p1.png p1.png p2.png
refuse 1 'text.png' page --style tiny --force keep.png p1.png text.png
cmp p1.png keep.png || fail "OUT was changed by a failure"

refuse 2 'expected an OpenType or TrueType font' page --style tiny --font text.png --caption a \
    new.png p1.png p2.png
refuse 2 'nofont.ttf' page --style tiny --font nofont.ttf --title a new.png p1.png p2.png
[ ! -e new.png ] || fail "a failure left something behind"

if [ ! -r /usr/share/fonts/opentype/comic-neue/ComicNeue-Bold.otf ]; then
    echo "skipped: captions need fonts-comic-neue"
    return 0
fi
page --page 400x560 captions.png --caption 'A first one.' --caption '' \
    --caption 'Grüße – “ça va?”' --title 'Titel' "${photos[@]:0:3}"
page --page 400x560 --force changed.png "${photos[@]:0:3}"
differ captions.png changed.png
page --force changed.png --caption '' --caption '' "${photos[@]:0:5}"
cmp plain.png changed.png || fail "empty captions change the page"
long=$(printf 'endless %.0s' $(seq 200))
refuse 2 '--caption, number 2: expected a text that fits' page --style tiny --page 400x560 \
    --caption a --caption "$long" new.png p1.png p2.png
refuse 2 '--title: expected a text that fits' page --style tiny --title "$long" new.png p1.png p2.png
refuse 2 '--caption, number 1: expected UTF-8' page --style tiny --caption $'\xff' new.png p1.png \
    p2.png
refuse 2 'U+10FFFD' page --style tiny --caption $'\xf4\x8f\xbf\xbd' new.png p1.png p2.png
nothing_but "${photos[@]}" p10.png out.png out.jpg plain.png again.png changed.png grid.png \
    text.png folder.png keep.png captions.png
