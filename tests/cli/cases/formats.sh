# shellcheck shell=bash
# Kinds of files beside PNG and JPEG: WebP in and out, and what is said of the kinds that are not read.
: "${fixture:?}" "${comicgan:?}"

mkdir mixed
"$fixture" picture mixed/a.png 40 30
for name in b.bmp c.BMP d.cr2; do
    echo 'not read' >mixed/$name
done
expect 0 "$comicgan" convert --style tiny mixed comics
grep -q 'left out: 2 BMP, 1 raw (not read by this program)' ../stderr || fail 'not counted by name'
mv mixed/a.png .
refuse 1 'found only 2 BMP, 1 raw' convert -r mixed others
refuse 2 '.heic' convert --style tiny a.png out.heic

# kinds that the program may be built without: read, or named one by one and in a folder
while read -r file name magic; do
    if "$fixture" picture "$file" 64 48 2>/dev/null; then
        convert "$file" kind.png
    else
        printf '%b' "$magic" >"$file"
        refuse 1 'of a kind that this program reads, found a' convert --style tiny "$file" kind.png
        says " $name picture"
        mkdir kinds
        cp a.png "$file" kinds
        expect 0 "$comicgan" convert --style tiny kinds named
        says "left out: 1 $name (not read by this program)"
        rm -r kinds
    fi
    rm -rf kind.* named
done <<'KINDS'
kind.heic HEIC \0\0\0\030ftypheic\0\0\0\0mif1heic
kind.avif AVIF \0\0\0\030ftypavif\0\0\0\0mif1avif
kind.webp WebP RIFF\020\0\0\0WEBPVP8\040\0\0\0\0
kind.tif TIFF II*\0\010\0\0\0\0\0
kind.gif GIF GIF89a\01\0\01\0
KINDS

# HEIC and AVIF take a library that is loaded for them, behind the walls as without, whatever their
# names; where it is not there, a line says so, and the rest is done
if "$fixture" picture photo.heic 64 48; then
    "$fixture" picture photo.avif 64 48
    cp photo.heic heic.jpg
    for photo in photo.heic photo.avif heic.jpg; do
        convert $photo in.png
        convert --no-sandbox $photo out.png
        cmp in.png out.png || fail "the walls change the comic of $photo"
        has_size in.png '64 48'
    done
    mkdir broken
    cp a.png photo.heic mixed
    touch broken/libheif.so.1
    LD_LIBRARY_PATH=$PWD/broken refuse 1 'libheif.so.1, which does not load' \
        convert --style tiny photo.heic none.png
    [ ! -e none.png ] || fail 'a comic without a library'
    LD_LIBRARY_PATH=$PWD/broken expect 1 "$comicgan" convert --style tiny mixed some
    [ "$(echo some/*)" = some/a.png ] || fail "expected one comic, found $(echo some/*)"
    rm -rf mixed/* some
fi

"$fixture" picture photo.webp 64 48 || {
    refuse 2 'without WebP' convert --format webp a.png out/
    exit 0
}
convert photo.webp out.png
has_size out.png '64 48'
convert photo.webp out.webp
has_size out.webp '64 48'
"$fixture" flavour rgba.png rgba
convert --strength 0 rgba.png alpha.webp
[ "$("$fixture" contents alpha.webp)" = alpha ] || fail 'transparency is lost'
[[ "$("$fixture" samples alpha.webp 24 20)" = *\ 128 ]] || fail 'other alpha'
"$fixture" flavour exif.jpg exif
convert --keep-exif exif.jpg exif.webp
[ "$("$fixture" contents exif.webp)" = date ] || fail 'the date is lost'

# names, what is there already, quality
mkdir photos
cp photo.webp photos/one.WebP
"$fixture" picture photos/two.jpg 64 48
expect 0 "$comicgan" convert --style tiny --quiet --format same photos same
expect 0 "$comicgan" convert --style tiny --quiet --format webp photos web
[ "$(echo same/* web/*)" = 'same/one.WebP same/two.jpg web/one.webp web/two.webp' ] ||
    fail "other names: $(echo same/* web/*)"
expect 0 "$comicgan" convert --style tiny --format webp --skip-existing photos web
grep -q '2 done already' ../stderr || fail 'whole comics are not known'
truncate -s -5 web/one.webp
expect 0 "$comicgan" convert --style tiny --format webp --skip-existing photos web
grep -q '1 converted' ../stderr || fail 'a comic that is cut off counts'
convert --quality 20 photo.webp small.webp
[ "$(wc -c <small.webp)" -lt "$(wc -c <out.webp)" ] || fail 'quality does nothing'

# damage: one line, nothing left
rm -rf photos same web ./*.webp.* comics mixed
head -c 200 out.webp >cut.webp
refuse 1 'reading cut.webp: expected a WebP that runs to its end' convert --style tiny cut.webp x.png
[ ! -e x.png ] || fail 'a comic of a damaged picture'
