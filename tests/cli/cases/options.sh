# shellcheck shell=bash
# Every option of convert does what it says.
: "${fixture:?}" "${comicgan:?}"

"$fixture" picture in.png 300 200
convert in.png plain.png

# the same bytes again, and wherever options stand
convert in.png again.png
cmp plain.png again.png || fail "two runs differ"
convert in.png --ink 1 again.png --strength=1.0
cmp plain.png again.png || fail "the defaults are not what the help says"

convert --ink 0 in.png ink0.png
convert --ink 2 in.png ink2.png
differ ink0.png plain.png
differ ink2.png plain.png

convert --strength 0 in.png photo.png
[ "$("$fixture" difference in.png photo.png)" -eq 0 ] || fail "--strength 0 is not the photo"
convert --strength 0.5 in.png half.png
differ half.png in.png
differ half.png plain.png

# numbers and words as people write them
convert --mask in.png --feather 5% --format PNG --max-memory 2GB in.png percent.png
convert --mask in.png --feather 0.05 in.png share.png
cmp percent.png share.png || fail "5% is not 0.05"
rm percent.png share.png

convert --beside in.png both.png
has_size both.png '600 200'
for x in 0 299; do
    [ "$("$fixture" samples both.png $x 9)" = "$("$fixture" samples in.png $x 9)" ] || fail "no photo"
    [ "$("$fixture" samples both.png $((300 + x)) 9)" = "$("$fixture" samples plain.png $x 9)" ] ||
        fail "no comic beside the photo"
done

convert --detail 64 in.png coarse.png
differ coarse.png plain.png

convert --quality 5 in.png q5.jpg
convert --quality 100 in.png q100.jpg
convert --quality 92 in.png q92.jpg
convert in.png default.jpg
[ "$(wc -c <q5.jpg)" -lt "$(wc -c <q92.jpg)" ] || fail "--quality 5 is not smaller than 92"
[ "$(wc -c <q92.jpg)" -lt "$(wc -c <q100.jpg)" ] || fail "--quality 92 is not smaller than 100"
cmp q92.jpg default.jpg || fail "the default quality is not 92"

expect 0 "$comicgan" convert --style ../models/tiny.safetensors in.png by_path.png
cmp plain.png by_path.png || fail "a style by path is another one than by name"
