# shellcheck shell=bash
# The vector GAN from the command line: train, resume, generate, augment, score; what is refused.
: "${comicgan:?}" "${fixture:?}"

mkdir -p data/a
for i in 1 2 3 4 5 6 7 8 9; do "$fixture" picture "data/a/$i.png" $((60 + 7 * i)) 70; done
small=(--model vector --side 8 --generator 12 --discriminator 12 --noise 4 --batch 8 --log-steps 2)

expect 0 "$comicgan" train "${small[@]}" --data data --out run --steps 3 --seed 5 --crops 4
for file in model.safetensors log.csv run.json checkpoints/step-0000003.safetensors samples/step-0000003.png; do
    [ -s "run/$file" ] || fail "run/$file was not written"
done
[ "$(head -n 1 run/log.csv | cut -d, -f1)" = step ] || fail "log.csv has no header"
expect 0 "$comicgan" train --resume run --steps 6
expect 0 "$comicgan" train "${small[@]}" --data data --out once --steps 6 --seed 5 --crops 4
cmp run/model.safetensors once/model.safetensors || fail "a resumed run gave another model"

expect 0 "$comicgan" generate run/model.safetensors grid.png --count 6 --columns 3 --scale 2
has_size grid.png '52 34'
expect 0 "$comicgan" generate run/model.safetensors again.png --count 6 --columns 3 --scale 2 --threads 1
cmp grid.png again.png || fail "the same seed gave another picture"
expect 0 "$comicgan" generate run/model.safetensors other.png --count 6 --columns 3 --scale 2 --seed 2
differ grid.png other.png
expect 0 "$comicgan" generate run/model.safetensors strip.png --interpolate --between 5 --count 10
expect 0 "$comicgan" generate run/model.safetensors frames/ --count 3 --truncation 0.5
[ "$(find frames -type f | wc -l)" -eq 3 ] || fail "expected 3 files in frames"

expect 0 "$comicgan" augment --data data --out more --copies 2 --model run/model.safetensors --count 3
[ "$(find more/a -type f | wc -l)" -eq 18 ] || fail "expected 18 copies"
[ "$(find more/generated -type f | wc -l)" -eq 3 ] || fail "expected 3 generated pictures"
has_size more/a/3-2.png '81 70'
differ more/a/3-1.png more/a/3-2.png

expect 0 "$comicgan" score --model run/model.safetensors --fit data --save fit.safetensors \
    --crops 4 --json data/a/1.png data/a/2.png
grep -q '"score": "mahalanobis"' ../stdout || fail "the JSON does not name its score"
expect 0 "$comicgan" score --model run/model.safetensors --use fit.safetensors data --anomalies frames
grep -q '^ROC-AUC ' ../stdout || fail "no area under the curve"

refuse 3 'found a GAN that makes pictures' convert --style run/model.safetensors data/a/1.png x.png
refuse 3 'a style for comicgan convert' generate "$COMICGAN_MODELS/tiny.safetensors" x.png
refuse 3 'expected a fit' score --model run/model.safetensors --use run/model.safetensors data
refuse 2 'expected MODEL and OUT' generate run/model.safetensors
refuse 2 '--save keeps what --fit finds' score --model run/model.safetensors --save x data
refuse 2 'expected one of minimax' train --model vector --objective wgan --data data --out x
refuse 2 'did you mean --side' train --model vector --sdie 8 --data data --out x
refuse 2 'expected style or vector' train --model other --data data --out x
refuse 1 'holds a run already' train "${small[@]}" --data data --out run --steps 9
[ ! -e x ] || fail "a refused command left something behind"
