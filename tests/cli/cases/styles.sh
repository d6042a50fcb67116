# shellcheck shell=bash
# Listing styles, and asking for ones that cannot be had.
: "${fixture:?}" "${comicgan:?}"

expect 0 "$comicgan" styles
grep -Eq '^tiny +Random numbers, for tests\.$' ../stdout || fail "tiny is not listed"
[ ! -s ../stderr ] || fail "styles writes to stderr"

expect 0 "$comicgan" styles --json
for field in '"name": "tiny"' '"summary": "Random numbers, for tests."' '"detail_px": 256' \
    '"default": false' '"parameters": ' '/models/tiny.safetensors"'; do
    grep -qF "$field" ../stdout || fail "no $field in the JSON list"
done
[ "$(head -c 1 ../stdout)$(tail -c 2 ../stdout)" = '[]' ] || fail "not a JSON array"

"$fixture" picture in.png 40 30
refuse 3 'no style is called "nosuch"; there are: ' convert --style nosuch in.png out.png
grep -qw tiny ../stderr || fail "the list lacks tiny"
refuse 3 'nowhere.safetensors' convert --style nowhere.safetensors in.png out.png
refuse 3 './nowhere' convert --style ./nowhere in.png out.png

head -c 2000 ../models/tiny.safetensors >cut.safetensors
refuse 3 'cut.safetensors' convert --style cut.safetensors in.png out.png
refuse 3 'in.png' convert --style ./in.png in.png out.png
nothing_but in.png cut.safetensors

# A damaged file in the folder does not hide the others, and is named to who asks for it.
cp cut.safetensors ../models/broken.safetensors
cp cut.safetensors ../models/cut.safetensors
for how in "" --json; do
    # shellcheck disable=SC2086
    expect 3 "$comicgan" styles $how
    grep -q '^tiny \|"name": "tiny"' ../stdout || fail "a damaged file hides the others"
    [ "$(grep -c '/models/\(broken\|cut\).safetensors: .*; it is left out$' ../stderr)" -eq 2 ] ||
        fail "styles does not say what was left out"
done
expect 3 "$comicgan" preview in.png sheet.png
[ "$(grep -c '; it is left out$' ../stderr)" -eq 2 ] || fail "preview does not say what was left out"
rm ../models/cut.safetensors
COMICGAN_MODELS=$PWD/in.png expect 0 "$comicgan" styles
refuse 3 'broken.safetensors' convert --style broken in.png out.png
