# shellcheck shell=bash
# Every look changes the comic, keeps to its range, and does nothing where it is neutral.
: "${fixture:?}" "${comicgan:?}"

"$fixture" picture in.png 300 200
convert in.png plain.png

# neutral values give the same bytes
convert --line 1 --smooth 1 --cel 0 --faces 0 --blacks 0 --saturation 1 --contrast 1 --colors 0 --fill 1 --hatch 0 --halftone 0 \
    --halftone-dots 100 --paper white --feather 0.1 in.png neutral.png
cmp plain.png neutral.png || fail "neutral looks change the comic"

# each look does something, and the same with any number of threads
while read -r option value; do
    convert "--$option" "$value" --threads 1 in.png one.png
    convert --threads 3 in.png "--$option=$value" three.png
    cmp one.png three.png || fail "--$option depends on --threads"
    differ one.png plain.png
done <<'LOOKS'
line 3
line 0.3
smooth 0
blacks 1
saturation 0
contrast 2
colors 2
fill 0
hatch 1
halftone 1
paper kraft
paper #fed:0.5
LOOKS

# --fine is 1.5 times the style's own size, unless a size is given
"$fixture" picture large.png 1800 40
px=$("$comicgan" card tiny | sed -n 's/.*"detail_px": \([0-9]*\).*/\1/p')
convert --no-mark --fine large.png fine.png
convert --no-mark --detail $((px * 3 / 2)) large.png same.png
cmp fine.png same.png || fail "--fine is not 1.5 times the style's $px px"
convert --no-mark --fine --detail "$px" large.png fine.png
convert --no-mark large.png same.png
cmp fine.png same.png || fail "--detail does not go before --fine"

# out of range, or not of the kind that is expected
refuse 2 '--line: expected a number from 0.25 to 4, found "5"' convert --line 5 in.png out.png
refuse 2 '--smooth: expected a number from 0 to 1' convert --smooth 2 in.png out.png
refuse 2 '--cel: expected a number from 0 to 1' convert --cel -1 in.png out.png
refuse 2 '--faces: expected a number from 0 to 1' convert --faces 2 in.png out.png
refuse 2 '--blacks: expected a number from 0 to 1' convert --blacks 2 in.png out.png
refuse 2 '--saturation: expected a number from 0 to 2' convert --saturation -1 in.png out.png
refuse 2 '--contrast: expected a number from 0 to 2' convert --contrast x in.png out.png
refuse 2 '--colors: expected a whole number from 2 to 64' convert --colors 1 in.png out.png
refuse 2 '--fill: expected a number from 0 to 1' convert --fill 1.1 in.png out.png
refuse 2 '--hatch: expected a number from 0 to 1' convert --hatch 2 in.png out.png
refuse 2 '--halftone: expected a number from 0 to 1' convert --halftone 2 in.png out.png
refuse 2 '--halftone-dots: expected a whole number from 20 to 400' \
    convert --halftone-dots 10 in.png out.png
refuse 2 '--feather: expected a number from 0 to 0.25' convert --feather 1 in.png out.png
refuse 2 '--paper: expected white, cream' convert --paper mud in.png out.png

# a mask of any size: black keeps the photo, white takes the comic
"$fixture" picture grey.png 31 17
"$fixture" plain black.png 10 10 0
"$fixture" plain white.jpg 700 90 255
convert --mask black.png in.png photo.png
[ "$("$fixture" difference in.png photo.png)" -eq 0 ] || fail "a black mask is not the photo"
convert --mask white.jpg in.png comic.png
[ "$("$fixture" difference plain.png comic.png)" -eq 0 ] || fail "a white mask is not the comic"
convert --mask grey.png in.png some.png
differ some.png in.png
differ some.png plain.png
convert --mask grey.png --mask white.jpg in.png comic.png
[ "$("$fixture" difference plain.png comic.png)" -eq 0 ] || fail "the last mask does not count"
refuse 2 '--mask: reading missing.png' convert --mask missing.png in.png out.png
echo "not a picture" >text.png
refuse 2 '--mask: reading text.png' convert --mask text.png in.png out.png
[ ! -e out.png ] || fail "a refused command left a file"
