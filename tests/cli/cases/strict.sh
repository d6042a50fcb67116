# shellcheck shell=bash
# --strict refuses damaged pictures in every command that reads pictures; without it they are read.
: "${comicgan:?}" "${fixture:?}"

mkdir photos damaged frames
for i in 1 2 3 4 5 6 7 8; do
    "$fixture" scene photos/$i.png $((120 + i)) 120 $i
done
head -c -12 photos/1.png >damaged/no_end.png # its end alone is missing
"$fixture" scene damaged/whole.png 121 120 9
cp damaged/no_end.png frames/1.png
said='its end (IEND) is missing'

# what says so of the picture, with --strict alone
expect 0 "$comicgan" convert --style tiny damaged/no_end.png a.png
refuse 1 "$said" convert --style tiny --strict damaged/no_end.png b.png
expect 0 "$comicgan" page --style tiny --page 200x200 photos/2.png damaged/no_end.png page.png
grep -q "warning: .*no_end.png: $said" ../stderr || fail "page gives no warning"
refuse 1 "$said" page --style tiny --page 200x200 --strict photos/2.png damaged/no_end.png b.png
expect 0 "$comicgan" preview damaged/no_end.png sheet.png
grep -q "warning: .*no_end.png: $said" ../stderr || fail "preview gives no warning"
refuse 1 "$said" preview --strict damaged/no_end.png b.png
expect 0 "$comicgan" video --frames --style tiny frames one
refuse 1 "$said" video --frames --strict --style tiny frames two
expect 0 "$comicgan" eval --resamples 0 damaged photos
refuse 1 "$said" eval --resamples 0 --strict damaged photos
expect 0 "$comicgan" augment --data damaged --out more --copies 1
expect 1 "$comicgan" augment --data damaged --out less --copies 1 --strict
grep -q "$said" ../stderr || fail "augment does not say why"
[ "$(ls more less)" = "less:
whole-1.png

more:
no_end-1.png
whole-1.png" ] || fail "augment: other copies"
refuse 2 'for --frames' video --strict --style tiny film.mp4 out.mp4

# a set of pictures does without the damaged ones
vector=(--model vector --side 8 --generator 12 --discriminator 12 --noise 4 --batch 8 --crops 8 --steps 1)
expect 0 "$comicgan" train "${vector[@]}" --data damaged --out plain
grep -q 'from 2 pictures' ../stdout ../stderr || fail "the damaged picture is not used"
cp photos/3.png damaged
expect 0 "$comicgan" train "${vector[@]}" --strict --data damaged --out strict
grep -q 'from 2 pictures (1 could not be read)' ../stdout ../stderr || fail "the damaged picture is used"
expect 0 "$comicgan" train --resume strict --steps 2
expect 0 "$comicgan" score --model plain/model.safetensors --crops 2 damaged
[ "$(wc -l <../stdout)" -eq 3 ] || fail "score: expected three pictures"
expect 1 "$comicgan" score --model plain/model.safetensors --crops 2 --strict damaged
[ "$(wc -l <../stdout)" -eq 2 ] || fail "score: expected two pictures"
grep -q "$said" ../stderr || fail "score does not say why"

# also where the cache knows the picture already
mkdir -p data/photos
cp damaged/* data/photos
check=(train --data data --check --cache cache --crop 48 --detail 64)
for strict in '' --strict ''; do
    # shellcheck disable=SC2086
    expect 0 "$comicgan" "${check[@]}" $strict
    left_out=$(grep -c 'cannot be read: 1 (no_end.png)' ../stderr || :)
    [ "$left_out" -eq $((${#strict} > 0)) ] || fail "train: $left_out left out"
done
