# shellcheck shell=bash
# A photo in all styles: the sheet's name and size, whatever the photo's form; the page is whole.
: "${fixture:?}" "${comicgan:?}"

if [ ! -r /usr/share/fonts/opentype/comic-neue/ComicNeue-Bold.otf ]; then
    echo "skipped: the sheet's names need fonts-comic-neue"
    return 0
fi
mkdir photos
"$fixture" picture photos/one.two.png 90 60
styles=$("$comicgan" styles | wc -l)

# without OUT the sheet goes to the current folder, and is named; nothing is written over unasked
expect 0 "$comicgan" preview photos/one.two.png
[ "$(cat ../stderr)" = one.two-styles.jpg ] || fail "the sheet's name is not said"
[ "$(head -c 2 one.two-styles.jpg | od -An -tx1)" = ' ff d8' ] || fail "the sheet is not a JPEG file"
refuse 2 '--force replaces it' preview photos/one.two.png
expect 0 "$comicgan" preview --force --quality 50 --threads 3 --no-sandbox photos/one.two.png

# preview ARGUMENTS...: must succeed without a word.
preview() {
    expect 0 "$comicgan" preview "$@"
    [ -z "$(cat ../stdout ../stderr)" ] || fail "expected no output: preview $*"
}

# one cell more than there are styles, each with its own picture
preview photos/one.two.png -o sheet.png
expect 0 env COMICGAN_MODELS=/nowhere "$comicgan" preview photos/one.two.png fewer.png
differ_in_size() {
    [ "$("$fixture" size "$1")" != "$("$fixture" size "$2")" ] || differ "$1" "$2"
}
differ_in_size sheet.png fewer.png

# any form of photo, from a pixel to a line
for size in '1 1' '3 2000' '3000 2' '40 30'; do
    # shellcheck disable=SC2086
    "$fixture" picture photos/form.png $size
    preview -f photos/form.png form.png
    read -r width height < <("$fixture" size form.png)
    [ "$((width < 220 || height < 100))" -eq 0 ] || fail "$size gives a sheet of $width x $height"
    [ "$((width * height))" -lt 30000000 ] || fail "$size gives a sheet of $width x $height"
done

# a page: a figure for the photo and for each style and look, nothing from elsewhere
expect 0 "$comicgan" preview --html photos/one.two.png
[ "$(cat ../stderr)" = one.two-styles.html ] || fail "the page's name is not said"
[ "$(grep -c '^<figure id="photo"' one.two-styles.html)" -eq 1 ] || fail "no photo"
own=$(grep -o '^<figure class="comic" data-style="[a-z]*"' one.two-styles.html | sort | uniq -c | awk '$1 >= 4' | wc -l)
[ "$own" -eq "$styles" ] || fail "expected $styles styles with looks, found $own"
grep -Eq '(src|href)="(https?:)?/' one.two-styles.html && fail "the page asks for files"
grep -q 'data-options="-s tiny --line 2"' one.two-styles.html || fail "no option of a look"
cp photos/one.two.png "photos/<b>&\"'.png"
preview "photos/<b>&\"'.png" odd.html
grep -q 'data-path="photos/&#60;b&#62;&#38;&#34;&#39;.png"' odd.html || fail "a name is taken for HTML"
grep -q '<b>' odd.html && fail "a name is taken for HTML"

# a style that cannot be loaded costs a line, not the sheet
mkdir broken
head -c 900 ../models/tiny.safetensors >broken/tiny.safetensors
expect 3 env COMICGAN_MODELS="$PWD/broken" "$comicgan" preview photos/one.two.png broken.png
grep -q '/broken/tiny.safetensors: .*; it is left out$' ../stderr || fail "a style is left out without a word"
[ -e broken.png ] || fail "a style that cannot be loaded costs the sheet"

refuse 2 'expected PHOTO' preview
refuse 2 'unexpected argument c' preview a b c
refuse 2 'ends in .html' preview --html photos/one.two.png new.png
refuse 2 'a page ends in .html' preview photos/one.two.png new.gif
refuse 2 'the same file' preview --force photos/one.two.png photos/one.two.png
refuse 1 'missing.png' preview missing.png new.png
refuse 1 'nowhere' preview photos/one.two.png nowhere/new.png
echo 'not a picture' >text.png
refuse 1 'text.png' preview text.png new.png
[ ! -e new.png ] || fail "a failure left something behind"
