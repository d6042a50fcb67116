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

# a checkpoint that cannot be read is not one that is not there, as if the run had not come so far
mkdir run/checkpoints/step-0000099.safetensors
expect 1 "$comicgan" train --resume run --steps 100
says 'reading run/checkpoints/step-0000099.safetensors'
rmdir run/checkpoints/step-0000099.safetensors

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

for option in --no-mirror '--degrees 0' '--zoom 0' '--shift 0' '--brightness 0' '--contrast 0'; do
    # shellcheck disable=SC2086
    expect 0 "$comicgan" augment --data data --out changed --copies 1 --force $option
    cmp -s more/a/5-1.png changed/a/5-1.png && fail "augment $option changes nothing"
done
rm -r changed

expect 0 "$comicgan" score --model run/model.safetensors --fit data --save fit.safetensors \
    --crops 4 --json data/a/1.png data/a/2.png
grep -q '"score": "mahalanobis"' ../stdout || fail "the JSON does not name its score"
expect 0 "$comicgan" score --model run/model.safetensors --use fit.safetensors data --anomalies frames
grep -q '^ROC-AUC ' ../stdout || fail "no area under the curve"

# what is there already is not written over unasked, and an input never
before=$(find run data more frames grid.png fit.safetensors -type f -exec cksum {} + | sort)
model=run/model.safetensors
refuse 2 'grid.png is there already; --force' generate $model grid.png
refuse 2 'frames//000001.png is there already' generate $model frames/ --count 2 --seed 9
refuse 2 'more/a/1-1.png is there already' augment --data data --out more --copies 2
refuse 2 'more/generated/000001.png is there' augment --data data --out more --copies 0 --model $model
refuse 2 'fit.safetensors is there already' score --model $model --fit data --save fit.safetensors
ln data/a/1.png data/a/2-1.png
mkdir more-data
ln data/a/1.png more-data/2-1.png
refuse 2 'the same file' augment --data data/a --out more-data --copies 1 --force
rm -r more-data
refuse 2 'data is the folder of the pictures and of the copies' augment --data data/ --out data --copies 1
for inside in data data/run data/a/../b/run; do
    refuse 2 'lies in data, where its samples' train --model vector --data data --out $inside --steps 1
done
ln -s ../run/model.safetensors frames/model.png
refuse 2 'the same file' generate $model frames/model.png --force
refuse 2 'the same file' score --model $model --fit data --save data/a/1.png --force
refuse 2 'the same file' score --model $model --fit data --save $model --force
rm data/a/2-1.png frames/model.png
cp data/a/1.png data/a/1.jpg
refuse 2 'would both have the copy twins/a/1-1.png' augment --data data --out twins
rm data/a/1.jpg
[ "$(find run data more frames grid.png fit.safetensors -type f -exec cksum {} + | sort)" = "$before" ] ||
    fail "a refused call changed something"
expect 0 "$comicgan" generate $model grid.png --force --seed 2 --count 6 --columns 3 --scale 2
cmp grid.png other.png || fail "--force does not replace"
expect 0 "$comicgan" augment --data data --out more --copies 2 --force
expect 0 "$comicgan" score --model $model --fit data --save fit.safetensors --crops 4 --force

# a run in a folder with others' files; in the place of another run; over what it learns from
mkdir foreign
echo mine >foreign/log.csv
refuse 2 'foreign/log.csv is there already; --force' train "${small[@]}" --data data --out foreign --steps 1
{ [ "$(cat foreign/log.csv)" = mine ] && [ "$(ls foreign)" = log.csv ]; } ||
    fail "a foreign file was touched"
expect 0 "$comicgan" train "${small[@]}" --data data --out foreign --steps 1 --force
[ "$(head -n 1 foreign/log.csv | cut -d, -f1)" = step ] || fail "--force does not replace"
cp -r once replaced
touch replaced/samples/.step-0000009.png.comicgan-abcdef replaced/samples/step-0000009.png
expect 0 "$comicgan" train "${small[@]}" --data data --out replaced --steps 3 --seed 5 --crops 4 --force
{ [ -e replaced/checkpoints/step-0000003.safetensors ] && [ ! -e replaced/checkpoints/step-0000006.safetensors ]; } ||
    fail "the old run's checkpoints stay"
[ ! -e replaced/samples/step-0000009.png ] || fail "the old run's samples stay"
[ -z "$(find replaced -name '.*')" ] || fail "half written samples stay"
cp -r data/a learned
cp data/a/1.png learned/contact.jpg
refuse 2 'the same file' train "${small[@]}" --data learned --out learned --steps 1 --force

refuse 3 'found a GAN that makes pictures' convert --style run/model.safetensors data/a/1.png x.png
refuse 3 'a style for comicgan convert' generate "$COMICGAN_MODELS/tiny.safetensors" x.png
refuse 3 'expected a fit' score --model run/model.safetensors --use run/model.safetensors data
refuse 2 'expected MODEL and OUT' generate run/model.safetensors
refuse 2 '--save keeps what --fit finds' score --model run/model.safetensors --save x data
refuse 2 'expected minimax, non-saturating, least-squares or hinge' train --model vector --objective wgan --data data --out x
refuse 2 'did you mean --side' train --model vector --sdie 8 --data data --out x
refuse 2 'expected style, vector or faces' train --model other --data data --out x
refuse 2 'holds a run already' train "${small[@]}" --data data --out run --steps 9
[ ! -e x ] || fail "a refused command left something behind"
