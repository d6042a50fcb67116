# shellcheck shell=bash
# All commands alike: what they say of a missing file, a missing folder, a wrong option, and nothing.
: "${fixture:?}" "${comicgan:?}"

"$fixture" picture a.png 64 48
"$fixture" picture b.png 64 48

# a file that is missing
while read -r arguments; do
    # shellcheck disable=SC2086
    code=$("$comicgan" $arguments >../stdout 2>../stderr </dev/null || echo $?)
    [[ "$code" = [13] ]] || fail "expected 1, or 3 of a model, found $code: $arguments"
    grep -q 'reading .*none.*: no such file or folder$' ../stderr || fail "said in other words: $arguments"
    [ "$(wc -l <../stderr)" -eq 1 ] || fail "more than a line: $arguments"
done <<'COMMANDS'
convert none.png o.png
page none.png a.png o.png
video none.mp4 o.mp4
preview none.png o.png
card ./none.safetensors
generate ./none.safetensors o.png
score --model ./none.safetensors a.png
COMMANDS

# the folder of a file OUT is not made; a folder OUT is, with those above it
while read -r arguments; do
    # shellcheck disable=SC2086
    refuse 1 'folder x/' $arguments
    [ ! -e x ] || fail "a folder was made: $arguments"
done <<'COMMANDS'
convert --style tiny a.png x/o.png
page --style tiny a.png b.png x/o.png
preview a.png x/o.png
card tiny --out x/o.safetensors
video --style tiny a.png x/o.mp4
COMMANDS
expect 0 "$comicgan" convert --style tiny -q . x/y/
[ -e x/y/a.png ] || fail 'a folder OUT is not made'
rm -r x

# a photo for a video, one argument where there are two
"$comicgan" video --style tiny a.png o.mp4 2>../stderr && fail 'a photo becomes a film'
grep -q 'a.png: expected a video, found a photo; for these there is comicgan convert' ../stderr ||
    fail 'no hint at convert'
refuse 2 'found 1 argument;' eval a
refuse 2 'found nothing;' generate
refuse 2 'found only a.png' page a.png
mkdir one two
cp a.png one
cp a.png two
refuse 2 'would both become o/a.png; -r with the folder above' convert --style tiny one/a.png two/a.png o
rm -r one two

# usage, options that are not known, and no arguments at all
for command in convert page video stream styles card preview train generate augment score eval; do
    refuse 2 'unknown option --nonsense; --help lists the options' $command --nonsense
    expect 0 "$comicgan" $command --help
    head -n 1 ../stdout | grep -q "^Usage: comicgan $command " || fail "another usage of $command"
    [ $command = styles ] || [ $command = stream ] || refuse 2 "see comicgan $command --help" $command
done
nothing_but a.png b.png

# --quiet: not a word, on neither stream, of pictures with damage either
head -c -12 a.png >damaged.png
mkdir data
cp a.png b.png damaged.png data
while read -r arguments; do
    # shellcheck disable=SC2086
    expect 0 "$comicgan" $arguments
    [ -z "$(cat ../stdout ../stderr)" ] || fail "--quiet says something: $arguments"
done <<'COMMANDS'
convert --style tiny -q damaged.png q.png
page --style tiny --page 200x200 -q damaged.png b.png page.png
preview -q damaged.png
augment --data data --out more --copies 1 -q
train --model vector --side 8 --generator 12 --discriminator 12 --noise 4 --batch 8 --steps 2 --log-steps 1 --data data --out run -q
train --resume run --steps 3 --quiet
COMMANDS
if command -v ffmpeg >/dev/null; then
    ffmpeg -v error -loop 1 -i a.png -t 0.4 -r 5 -pix_fmt yuv420p film.mp4 </dev/null
    expect 0 "$comicgan" video --style tiny -q film.mp4 comic.mp4
    [ -z "$(cat ../stdout ../stderr)" ] || fail "--quiet says something: video"
fi
