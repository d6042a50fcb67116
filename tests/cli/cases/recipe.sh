# shellcheck shell=bash
# Every number of a training run that can be given: refused out of its range, kept in run.json.
: "${comicgan:?}" "${fixture:?}"

mkdir -p data/photos
for i in 1 2 3 4 5 6 7 8; do "$fixture" picture "data/photos/$i.png" $((80 + i)) 72; done

# kept KEY VALUE: what run.json has; numbers are compared as such, to 6 digits.
kept() {
    local found
    found=$(sed -n "s/^ *\"$1\": \(.*[^,]\),\{0,1\}$/\1/p" run/run.json)
    [ "$(printf %.6g "$found")" = "$(printf %.6g "$2")" ] ||
        fail "expected $2 as $1 in run.json, found $found"
}

# with OPTION VALUE KEY [KEPT]: a row of what is given and what is to be found in run.json.
given=() keys=()
with() {
    given+=("$1")
    [ -z "$2" ] || given+=("$2")
    keys+=("$3 ${4:-$2}")
}

# check ARGUMENTS...: a short run with all of these.
check() {
    rm -rf run
    expect 0 "$comicgan" train "$@" "${given[@]}" --out run --steps 1
    for row in "${keys[@]}"; do
        # shellcheck disable=SC2086
        kept $row
    done
    given=() keys=()
}

with --crop 64 crop_px
with --batch 4 batch
with --noise 10 noise 0.0392157
with --pretrain 3 pretrain_steps
with --consistency 0.5 consistency
with --adversarial-line 0.25 adversarial_line
with --adversarial-colour 0.125 adversarial_colour
with --adversarial-pair 0.0625 adversarial_pair
with --r1 0.125 r1
with --perceptual 0.375 perceptual
with --patch-nce 0.25 patch_nce
with --spurious-ink 2 spurious_ink
with --target 0.75 target_fraction
with --teacher 1 teacher_fraction
with --gradient 3 gradient
with --flat 0.25 flat
with --palette 0.4 palette
with --chroma 0.6 chroma
with --ink 0.7 ink
with --pretrain-rate 0.0007 pretrain_rate
with --rate 0.0003 generator_rate
with --comic-detail 500 comic_detail_px
with --enlarge 1.5 photo_grow
echo '{"photos/1.png": [[10, 10, 20, 20, 1]]}' >faces.json
head -c 42632 /dev/zero >blind.net # SqueezeNet, all weights 0
check --data data --cache cache --from tiny --detail 128 --minutes 5 --summary 'of recipe.sh' \
    --faces faces.json --features blind.net
grep -qF '"faces": "faces.json"' run/run.json || fail "--faces is not in run.json"
grep -qF '"features": "blind.net"' run/run.json || fail "--features is not in run.json"
expect 0 "$comicgan" card run/model.safetensors
grep -q 'of recipe.sh' ../stdout || fail "--summary is not in the card"

# what was not given is that of --from, or that of a new run
given=(--batch 2 --crop 48) keys=('gradient 4' 'palette 1' 'teacher_fraction 0.3' 'pretrain_steps 0')
check --data data --cache cache --from tiny --detail 128
given=(--batch 2 --crop 48) keys=('gradient 1' 'palette 0.8' 'pretrain_steps 20000')
check --data data --cache cache --detail 128

with --side 8 side_px
with --channels 3 channels
with --crops 4 crops
with --crop 0.75 crop
with --noise 6 noise
with --dropout 0.25 dropout
with --batch 8 batch
with --d-steps 2 d_steps
with --objective minimax objective 0
with --r1 0.5 r1
with --label-smoothing 0.125 label_smoothing
with --instance-noise 0.5 instance_noise
with --spectral-norm '' spectral_norm 1
with --mirror '' mirror 1
with --augment colour,cutout augment 5
with --optimizer rmsprop rule 1
with --generator-rate 0.001 generator_rate
with --discriminator-rate 0.002 discriminator_rate
with --beta1 0.25 beta1
with --beta2 0.75 beta2
with --schedule cosine schedule 3
with --warmup 5 warmup
with --hold 50 hold
with --ema 0.5 ema
with --log-steps 1 log_steps
check --model vector --data data/photos --generator 12 --discriminator 12 --minutes 5

# a run from before a number was there goes on without it; any other must be there
given=(--batch 2 --crop 48) keys=('flat 0')
check --data data --cache cache --from tiny --detail 128
sed -i '/"flat"/d' run/run.json
expect 0 "$comicgan" train --resume run --steps 2
sed -i '/"palette"/d' run/run.json
refuse 1 'the recipe lacks a number: palette' train --resume run --steps 3

# a network to look through comes with what looks through it
refuse 1 'expected a network to look through (--features)' train --data data --out new --perceptual 1
refuse 1 'expected a network to look through (--features)' train --data data --out new --patch-nce 1
refuse 1 'expected a weight' train --data data --out new --features blind.net
refuse 1 'none.net' train --data data --out new --perceptual 1 --features none.net
refuse 3 'faces.json' train --data data --out new --perceptual 1 --features faces.json

# a value out of its range is refused by name, before anything is read
for row in 'pretrain -1' 'crop 8' 'batch 1' 'noise 65' 'consistency -1' 'adversarial-line 101' \
    'adversarial-colour -1' 'adversarial-pair 101' 'r1 -1' 'perceptual 101' 'patch-nce 101' 'spurious-ink 101' 'target -0.1' 'teacher 1.1' 'gradient 101' \
    'palette 2' 'chroma much' 'detail 9000' 'comic-detail 63' 'enlarge 5' 'minutes 0' 'steps 1.5' 'seed -1'; do
    refuse 2 "--${row% *}: expected" train --data data --out new "--${row% *}" "${row#* }"
done
for row in 'side 3' 'channels 4' 'crop 0' 'dropout 1' 'd-steps 0' 'objective wgan' 'r1 -1' \
    'label-smoothing 0.6' 'instance-noise 11' 'augment colour,hue' 'optimizer lion' 'beta1 1' \
    'beta2 1' 'schedule none' 'warmup -1' 'hold 1.5' 'ema 1' 'log-steps 0' 'generator 12,' \
    'discriminator 1,2,3,4,5,6,7,8,9'; do
    refuse 2 "--${row% *}: expected" train --model vector --data data --out new "--${row% *}" "${row#* }"
done
[ ! -e new ] || fail "a refused call left something"
