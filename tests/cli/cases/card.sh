# shellcheck shell=bash
# The card of a style: shown, changed in a copy, and what convert then makes of it.
: "${fixture:?}" "${comicgan:?}"

"$fixture" picture in.png 120 90

# shown: JSON with the style's name
expect 0 "$comicgan" card tiny
grep -q '"name": "tiny"' ../stdout || fail "expected the style's name"
grep -q '"looks": {}' ../stdout || fail "expected a card without looks"

# changed: the copy looks by default as the original does with options
expect 0 "$comicgan" card tiny --out bold.safetensors --name bold --summary 'as bold as can be' \
    --line 2 --colors 4 --paper cream --detail 128
[ -z "$(cat ../stdout ../stderr)" ] || fail "expected no output"
expect 0 "$comicgan" card bold.safetensors
for text in '"name": "bold"' 'as bold as can be' '"line": 2' '"colors": 4' '"paper": "cream"' \
    '"detail_px": 128'; do
    grep -qF "$text" ../stdout || fail "expected $text in the card"
done
expect 0 "$comicgan" convert --no-mark --style ./bold.safetensors in.png by-card.png
expect 0 "$comicgan" convert --no-mark --style tiny --line 2 --colors 4 --paper cream --detail 128 in.png \
    by-options.png
cmp by-card.png by-options.png || fail "expected the same comic by card and by options"
expect 0 "$comicgan" convert --style tiny in.png plain.png
differ by-card.png plain.png

# looks that are not named stay
expect 0 "$comicgan" card bold.safetensors --out bolder.safetensors --line 1
expect 0 "$comicgan" card bolder.safetensors
grep -qF '"colors": 4' ../stdout || fail "expected colors to stay"
! grep -qF '"line"' ../stdout || fail "expected lines of their own width, which a card need not name"

# refused
before=$(cksum bold.safetensors "$COMICGAN_MODELS/tiny.safetensors")
refuse 2 'bold.safetensors is there already; --force' card tiny --out bold.safetensors
refuse 2 'the same file' card bold.safetensors --out ./bold.safetensors --force --line 2
refuse 2 'the same file, from tiny' card tiny --out "$COMICGAN_MODELS/tiny.safetensors" --force
[ "$(cksum bold.safetensors "$COMICGAN_MODELS/tiny.safetensors")" = "$before" ] ||
    fail "a model was written over"
expect 0 "$comicgan" card tiny --out bolder.safetensors --force
refuse 2 'expected STYLE or COMIC' card
refuse 2 'unexpected argument b' card tiny b
refuse 2 'need --out' card tiny --line 2
refuse 2 '--line: expected a number from 0.25 to 4' card tiny --out a.safetensors --line 9
refuse 2 'no style, mask' card tiny --out a.safetensors --mask in.png
refuse 2 'expected a name of' card tiny --out a.safetensors --name 'two words'
refuse 3 'nothing.safetensors' card ./nothing.safetensors
refuse 1 'no-folder' card tiny --out no-folder/a.safetensors --line 2
nothing_but in.png by-card.png by-options.png plain.png bold.safetensors bolder.safetensors
