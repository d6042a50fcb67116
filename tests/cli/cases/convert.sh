# shellcheck shell=bash
# Pictures of all kinds and sizes become comics of the same size.
: "${fixture:?}" "${comicgan:?}"

for in in in.png in.jpg; do
    "$fixture" picture $in 203 151
    for out in out.png out.jpg out.JPEG; do
        convert $in $out
        has_size $out '203 151'
        differ $in $out
    done
done
# the bytes say what the ending says
[ "$(head -c 4 out.png | tail -c 3)" = PNG ] || fail "out.png is not a PNG file"
[ "$(head -c 2 out.jpg | od -An -tx1)" = ' ff d8' ] || fail "out.jpg is not a JPEG file"

for size in '1 1' '1 2' '3 1' '2 300' '300 2' '5 7' '64 64' '257 129'; do
    # shellcheck disable=SC2086
    "$fixture" picture size.png $size
    convert size.png size.out.png
    has_size size.out.png "$size"
done

# names with blanks, other scripts, a dash in front; folders; an OUT that is there already
mkdir 'a b'
cp in.png 'a b/ph\oto ü.png'
convert 'a b/ph\oto ü.png' 'a b/cömic x.png'
has_size 'a b/cömic x.png' '203 151'
cp in.png ./-dash.png
convert -- -dash.png --out.png
has_size --out.png '203 151'
echo old >out.png
convert in.png out.png
has_size out.png '203 151'
ln -s in.png link.png
convert link.png out.png

# the real folder's names only: no temporary file stays
nothing_but in.png in.jpg out.png out.jpg out.JPEG size.png size.out.png 'a b' \
    'a b/ph\oto ü.png' 'a b/cömic x.png' -dash.png --out.png link.png
