# shellcheck shell=bash
# All commands alike: what they say of a missing file, a missing folder, a wrong option, and nothing.
: "${fixture:?}" "${comicgan:?}"

"$fixture" picture a.png 64 48
"$fixture" picture b.png 64 48

mkdir data
cp a.png b.png data

# a file or folder that is missing, whatever it is to be: one line, 2 for one that an option of looks or lists names
while read -r arguments; do
    # shellcheck disable=SC2086
    code=$("$comicgan" $arguments >../stdout 2>../stderr </dev/null || echo $?)
    [[ "$code" = [123] ]] || fail "expected 1, 2 of an option, or 3 of a model, found $code: $arguments"
    grep -Eqx 'comicgan: (--[a-z-]+: )?reading [^ ]*none[^ ]*: no such file or folder(; .*)?' ../stderr ||
        fail "said in other words: $arguments"
    [ "$(wc -l <../stderr)" -eq 1 ] || fail "more than a line: $arguments"
done <<'COMMANDS'
convert none.png o.png
convert none/ o/
convert --files-from none.txt o/
convert --mask none.png a.png o.png
convert --style ./none.safetensors a.png o.png
convert --watch none o/
page none.png a.png o.png
page --font none.ttf --title A a.png b.png o.png
video none.mp4 o.mp4
video --frames none o
stream --mask none.png
preview none.png o.png
card ./none.safetensors
card none.safetensors
card none.png
generate ./none.safetensors o.png
augment --data none --out o
augment --data data --out o --model none
score --model ./none.safetensors a.png
eval none data
eval data none
eval --features none data data
train --data none --out run
train --data data --photos none --out run
train --data data --photos data --faces none --out run
train --data data --photos data --from ./none.safetensors --out run
train --resume none
train --model vector --data none --out run
train --model vector --resume none
COMMANDS
rm -rf data

# arguments that are one too many or too few; a command that is not here takes any number of them
while IFS='|' read -r arguments text; do
    # shellcheck disable=SC2086
    refuse 2 "comicgan: ${arguments%% *}: $text; see comicgan ${arguments%% *} --help" $arguments
done <<'COMMANDS'
convert|expected IN and OUT, found nothing
convert a.png|expected IN and OUT, found only a.png
convert --files-from l|expected OUT alone, as the list names the pictures, found nothing
convert --files-from l o x|unexpected argument x; expected OUT alone, as the list names the pictures
convert --watch a o x|unexpected argument x; expected FOLDER and OUT
preview|expected PHOTO and perhaps OUT, found nothing
preview a.png o.png x|unexpected argument x; expected PHOTO and perhaps OUT
page|expected two to nine photos and OUT, found nothing
page 1 2 3 4 5 6 7 8 9 o.png x|unexpected argument x; expected two to nine photos and OUT
video a.mp4|expected IN and OUT, found only a.mp4
video --frames a o x|unexpected argument x; expected FOLDER and OUT_FOLDER
styles x|unexpected argument x; expected options alone
train x|unexpected argument x; expected options alone
train --cache-clean 3 x|unexpected argument x; expected options alone
card|expected STYLE or COMIC, found nothing
card tiny x|unexpected argument x; expected STYLE or COMIC
generate m|expected MODEL and OUT, found only m
generate m o x|unexpected argument x; expected MODEL and OUT
augment x|unexpected argument x; expected options alone
score --model m|expected pictures or folders to score, found nothing
eval a|expected DIR_A and DIR_B, found only a
eval a b x|unexpected argument x; expected DIR_A and DIR_B
help convert x|unexpected argument x; expected a COMMAND
COMMANDS
refuse 2 'stream: unexpected argument x; expected options alone, and frames on the standard input' stream x
refuse 2 'train --model vector: unexpected argument x; expected options alone' train --model vector x

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
generate ../models/tiny.safetensors x/o.png
score --model ../models/tiny.safetensors --fit . --save x/fit
convert --style tiny --report x/r.json a.png o.png
video --style tiny a.png x/o.mp4
COMMANDS
expect 0 "$comicgan" convert --style tiny -q . x/y/
[ -e x/y/a.png ] || fail 'a folder OUT is not made'
rm -r x

# a photo for a video, one argument where there are two
"$comicgan" video --style tiny a.png o.mp4 2>../stderr && fail 'a photo becomes a film'
grep -q 'a.png: expected a video, found a photo; for these there is comicgan convert' ../stderr ||
    fail 'no hint at convert'
mkdir one two
cp a.png one
cp a.png two
refuse 2 'would both become o/a.png; -r with the folder above' convert --style tiny one/a.png two/a.png o
rm -r one two

# usage, options that are not known, and no arguments at all
expect 0 "$comicgan" --print-options
mapfile -t commands < <(awk -F'\t' '$3 == "command" { print $1 }' ../stdout)
for command in "${commands[@]}"; do
    refuse 2 'unknown option --nonsense; --help lists the options' "$command" --nonsense
    expect 0 "$comicgan" "$command" --help
    head -n 1 ../stdout | grep -q "^Usage: comicgan $command " || fail "another usage of $command"
    [[ $command = @(styles|stream|help) ]] || refuse 2 "see comicgan $command --help" "$command"
done
nothing_but a.png b.png

# options that have a letter have it everywhere
for command in "${commands[@]}"; do
    "$comicgan" "$command" --print-options
done | awk -F'\t' '{ want["out"] = "o"; want["force"] = "f"; want["style"] = "s"; want["help"] = "h" }
    $1 in want && $2 != want[$1] { exit 1 }' || fail "an option lacks its letter"

# -v of all commands that make several things, -q of those that say more than results and errors
for command in "${commands[@]}"; do
    has=$("$comicgan" "$command" --print-options | awk -F'\t' '$1 ~ /^(quiet|verbose)$/ { printf "%s", $2 }')
    case $command in
    convert | preview | page | video | train | augment) [ "$has" = vq ] ;;
    stream | generate | score | eval) [ "$has" = q ] ;;
    *) [ -z "$has" ] ;;
    esac || fail "$command has -$has"
    [ "$has" != vq ] || refuse 2 '--verbose and --quiet: expected one of the two' "$command" -v -q
done

# --quiet: not a word, on neither stream, of pictures with damage either; --verbose: so many lines of these words
head -c -12 a.png >damaged.png
mkdir data
cp a.png b.png damaged.png data
gan='--model vector --side 8 --generator 12 --discriminator 12 --noise 4 --batch 8 --log-steps 1 --data data'
while IFS='|' read -r arguments lines words; do
    # shellcheck disable=SC2086
    expect 0 "$comicgan" ${arguments/GAN/$gan} -q
    [ -z "$(cat ../stdout ../stderr)" ] || fail "--quiet says something: $arguments"
    [ -n "$lines" ] || continue
    # shellcheck disable=SC2086
    expect 0 "$comicgan" ${arguments/GAN/$gan} -v -f
    [ "$(grep -c "$words" ../stderr)" -eq "$lines" ] || fail "--verbose: expected $lines lines of $words: $arguments"
done <<'COMMANDS'
convert --style tiny damaged.png q.png|1|^damaged.png -> q.png$
page --style tiny --page 200x200 damaged.png b.png page.png|2|^\(damaged\|b\).png -> panel [12]$
preview damaged.png|6|^-s [a-z]*$
augment --data data --out more --copies 1|3|^data/.*.png -> 1 copies$
train GAN --out run --steps 2|3|^step [012]: D
train --resume run --steps 3
generate run/model.safetensors few/ --count 2
COMMANDS
if command -v ffmpeg >/dev/null; then
    ffmpeg -v error -loop 1 -i a.png -t 0.4 -r 5 -pix_fmt yuv420p film.mp4 </dev/null
    expect 0 "$comicgan" video --style tiny -q film.mp4 comic.mp4
    [ -z "$(cat ../stdout ../stderr)" ] || fail "--quiet says something: video"
    expect 0 "$comicgan" video --style tiny -vf film.mp4 comic.mp4
    grep -qx 'film.mp4 -> comic.mp4' ../stderr || fail "--verbose: video"
fi
