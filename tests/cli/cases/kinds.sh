# shellcheck shell=bash
# What is in a picture beside plain colours: transparency, grey, 16 bits, profiles, EXIF data.
: "${fixture:?}" "${comicgan:?}"

for kind in rgba rgba-other grey grey-alpha rgb16 profile; do
    "$fixture" flavour $kind.png $kind
done
"$fixture" flavour exif.jpg exif

# contents FILE EXPECTED
contents() {
    local found
    found=$("$fixture" contents "$1")
    [ "$found" = "$2" ] || fail "$1: expected in it: $2; found: $found"
}

# samples FILE X Y EXPECTED
samples() {
    local found
    found=$("$fixture" samples "$1" "$2" "$3")
    [ "$found" = "$4" ] || fail "$1: expected at $2, $3: $4; found: $found"
}

same() {
    [ "$("$fixture" difference "$1" "$2")" -eq 0 ] || fail "$1 and $2 are different pictures"
}

# near FILE X Y RED GREEN BLUE: at most 6 levels away
near() {
    local found c expected=("$4" "$5" "$6")
    read -ra found <<<"$("$fixture" pixel "$1" "$2" "$3")"
    for c in 0 1 2; do
        ((found[c] - expected[c] <= 6 && expected[c] - found[c] <= 6)) ||
            fail "$1 at $2, $3: expected about ${expected[*]}, found ${found[*]}"
    done
}

# transparency stays in a PNG; the colour under what is clear has no part in the comic, so no fringe
for style in tiny comic; do
    convert --style $style rgba.png out.png
    convert --style $style rgba-other.png other.png
    cmp out.png other.png || fail "$style: hidden colours come through"
    contents out.png alpha
    for x in 5:0 24:128 40:255; do
        [[ "$("$fixture" samples out.png ${x%:*} 20)" = *\ ${x#*:} ]] || fail "$style: other alpha"
    done
done
convert --strength 0 rgba.png out.png
samples out.png 24 20 '20 160 40 128'
samples out.png 40 20 '20 160 40 255'
near out.png 5 20 255 255 255

# a JPEG shows it on the background, white unless it is chosen
convert --strength 0 --quality 100 rgba.png out.jpg
contents out.jpg ''
near out.jpg 5 20 255 255 255
near out.jpg 24 20 137 207 147
near out.jpg 40 20 20 160 40
for background in '0 0 0:black' '0 0 255:#00f' '18 52 86:#123456'; do
    convert --strength 0 --quality 100 --background "${background#*:}" rgba.png out.jpg
    # shellcheck disable=SC2086
    near out.jpg 5 20 ${background%:*}
    near out.jpg 40 20 20 160 40
done
convert --strength 0 --background black rgba.png out.png
samples out.png 40 20 '20 160 40 255'
contents out.png alpha

# greys and 16 bits
for kind in grey rgb16; do
    convert --strength 0 $kind.png out.png
    contents out.png ''
    same $kind.png out.png
    convert $kind.png out.jpg
    has_size out.jpg '48 32'
done
samples out.png 5 20 '20 160 40'
convert --strength 0 grey-alpha.png out.png
samples out.png 5 20 '160 160 160 128'
samples out.png 40 12 '60 60 60 255'
convert grey-alpha.png out.jpg
has_size out.jpg '48 32'

# a profile: the colours become sRGB, or both stay as they are
convert --strength 0 profile.png out.png
contents out.png ''
same profile.png out.png # which is read as sRGB
[ "$("$fixture" samples out.png 5 20)" != '20 160 40' ] || fail "the colours are not converted"
convert --strength 0 --keep-profile profile.png out.png
contents out.png profile
samples out.png 5 20 '20 160 40'
convert --keep-profile profile.png out.jpg
contents out.jpg profile
convert --keep-profile grey.png out.png
contents out.png ''

# EXIF: nothing, all but the place, all
contents exif.jpg 'date place'
for out in out.jpg out.png; do
    convert exif.jpg $out
    contents $out ''
    convert --keep-exif exif.jpg $out
    contents $out date
    convert --keep-gps exif.jpg $out
    contents $out 'date place'
done
convert --keep-profile --keep-exif --keep-gps rgba.png out.png
contents out.png alpha

# kinds that no build reads are counted by name
mkdir other
touch other/a.jp2 other/b.psd other/c.svg other/d.tga other/e.bmp other/f.dng
"$fixture" picture other/a.png 20 20
expect 0 "$comicgan" convert --style tiny other other-comics
says 'left out: 1 BMP, 1 JPEG 2000, 1 Photoshop, 1 SVG, 1 TGA, 1 raw'
