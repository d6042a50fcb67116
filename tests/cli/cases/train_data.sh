# shellcheck shell=bash
# comicgan train: what is said of the pictures, and what lies in the run's folder at the end.
: "${comicgan:?}" "${fixture:?}"

options=(--cache cache --from tiny --detail 128 --crop 48 --batch 2 --threads 1)

# refuse_data TEXT ARGUMENTS...: exit code 1 and a last line on stderr that has TEXT
refuse_data() {
    local text=$1
    shift
    expect 1 "$comicgan" train "${options[@]}" "$@"
    tail -n 1 ../stderr | grep -qF -- "$text" || fail "expected \"$text\" on the last line: $*"
    [ ! -e run/checkpoint.safetensors ] || fail "a run was begun: $*"
}

# ---- what can be missing ----
refuse_data 'reading data: no such file or folder' --data data --out run --steps 1
mkdir data
refuse_data 'or in a folder named by --photos' --data data --out run --steps 1
[ ! -e run ] || fail 'a folder was made for a run without data'
mkdir data/photos data/comics
refuse_data 'no .png, .jpg or .jpeg files in data/photos' --data data --out run --steps 1
"$fixture" scene data/photos/1.png 90 72 1
refuse_data 'photos: only 1 picture in data/photos can be used' --data data --out run --steps 1
for i in 2 3 4 5 6 7 8 9; do
    "$fixture" scene "data/photos/$i.png" $((80 + i)) 72 "$i"
done
refuse_data 'comics: no .png, .jpg or .jpeg files in data/comics' --data data --check
refuse_data 'put pages or pictures of the style there' --data data --check
echo nonsense >data/comics/broken.png
refuse_data 'comics: none of the 1 files in data/comics could be used' --data data --check
says 'skipped, cannot be read: 1 (broken.png)'
"$fixture" plain data/comics/white.png 90 90 255
"$fixture" plain data/comics/small.png 20 20 100
refuse_data 'are too small' --data data --check
for i in 11 12 13; do
    "$fixture" scene "data/comics/$i.png" $((80 + i)) 72 "$i"
done

rm -rf run

# ---- only looking ----
expect 0 "$comicgan" train "${options[@]}" --data data --check
says 'photos: 9 files in data/photos, 8 to learn from and 1 held out'
says 'comics: 6 files in data/comics, 3 pages to learn from'
says 'skipped, almost all white or blank: 1 (white.png)'
says 'skipped, too small: 1 (small.png)'
[ ! -e run ] || fail "looking made a run"

# ---- the cache ----
kept=$(find cache -type f -name '*.*' | grep -Ec '\.(photo|comic|findings)$')
expect 0 "$comicgan" train --cache cache --cache-clean 1
[ "$(cat ../stdout)" = "cache: 0 files removed (0.0 MiB), $kept kept" ] || fail "what is in use was not kept"
find cache -type f -exec touch -d '3 days ago' {} +
expect 0 "$comicgan" train --cache cache --cache-clean 2
grep -q "cache: $kept files removed (.* MiB), 0 kept" ../stdout || fail "what is old was kept"
expect 1 "$comicgan" train --cache nowhere --cache-clean 0
says 'cache nowhere: no such file'
expect 2 "$comicgan" train --resume run --cache-clean 0

mv data/photos photos
mv data/comics/1?.png data
rm -r data/comics
expect 0 "$comicgan" train "${options[@]}" --data data --photos photos --check
says 'photos: 9 files in photos,'
says 'comics: 3 files in data, 3 pages'

for inside in photos/run data/run; do
    expect 2 "$comicgan" train "${options[@]}" --data data --photos photos --out $inside --steps 1
    says "$inside: lies in ${inside%/run}, where its samples would be learnt from"
done

# ---- a run ----
expect 0 "$comicgan" train "${options[@]}" --data data --photos photos --out 'my run' --steps 3
grep -Eq '^estimate: to step 3 in about [0-9]+ s$' ../stderr || fail 'a short estimate is not in seconds'
[ "$(head -n 1 ../stdout)" = 'my run/model.safetensors: step 3' ] || fail "the model was not named"
grep -q '^to use it: comicgan convert ' ../stdout || fail "nothing was said of using it"
for file in model.safetensors model.md contact.jpg data.json report.html; do
    [ -s "my run/$file" ] || fail "there is no $file"
done
grep -qF -- "--out 'my run' --steps 3" 'my run/model.md' || fail "the card lacks the command"
grep -qF 'comics: 3 files in data' 'my run/model.md' || fail "the card lacks the data"
use=$(sed -n 's/^to use it: comicgan //p' ../stdout)
eval "set -- ${use/photo.jpg/photos\/1.png}"
expect 0 "$comicgan" "$@"
[ -s comic.png ] || fail "there is no comic"

expect 0 "$comicgan" train --resume 'my run' --steps 4 --threads 1
grep -q '4 steps in all' 'my run/model.md' || fail "the card is not that of the longer run"
"$fixture" scene photos/more.png 77 72 33
expect 1 "$comicgan" train --resume 'my run' --steps 5 --threads 1
says 'are not those that this run began with'
