# shellcheck shell=bash
# Training a finder of faces, which is no style; what is refused.
: "${fixture:?}" "${comicgan:?}"

mkdir photos
for i in 1 2 3 4 5 6; do "$fixture" picture "photos/$i.png" $((150 + 7 * i)) 160; done
echo '{"1.png": [[20, 20, 60, 80, 1]], "photos/3.png": [[60, 40, 60, 70, 0.9], [5, 5, 40, 50, 0.3]]}' >faces.json
train=(train --model faces --photos photos --faces faces.json --steps 2)

expect 0 "$comicgan" "${train[@]}" --out run --seed 4
grep -q '^run/model.safetensors: .* faces found' ../stdout || fail "no figures on stdout"
says 'critic, round 6 of 6'
grep -qF 'train --model faces --photos photos --faces faces.json' run/model.md || fail "no command on the card"
expect 0 "$comicgan" "${train[@]}" --out again --seed 4 --threads 1 --quiet
[ -z "$(cat ../stdout ../stderr)" ] || fail "train --quiet says something"
cmp run/model.safetensors again/model.safetensors || fail "threads gave another model"

refuse 2 'run/model.safetensors is there already; --force' "${train[@]}" --out run
refuse 2 '--photos DIR, --faces FILE and --out RUN are needed' train --model faces --out none
refuse 1 'missing.json' train --model faces --photos photos --faces missing.json --out none
echo '{}' >none.json
refuse 1 'expected photos with faces' train --model=faces --photos photos --faces none.json --out none
[ -z "$(ls none)" ] || fail "a model without faces"

# no style, wherever one is expected, and not listed as one
"$fixture" picture in.png 40 30
refuse 3 'found the finder of faces' convert --style run/model.safetensors in.png out.png
refuse 3 'found the finder of faces' card run/model.safetensors
refuse 3 'found the finder of faces' train --data photos --out none --from run/model.safetensors
cp run/model.safetensors ../models/faces.safetensors
expect 0 "$comicgan" styles
grep -q '^faces' ../stdout ../stderr && fail "styles lists the finder of faces"
refuse 3 'no style is called "faces"' convert --style faces in.png out.png
