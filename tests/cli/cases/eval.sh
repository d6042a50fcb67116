# shellcheck shell=bash
# Measuring folders against each other: figures in order, JSON, and what is refused.
: "${fixture:?}" "${comicgan:?}"
export XDG_CACHE_HOME="$PWD/cache"

mkdir a b few
for i in 1 2 3; do
    "$fixture" picture a/$i.png $((120 + i)) 130
    "$fixture" picture b/$i.png $((150 + 9 * i)) 140
done
"$fixture" picture few/1.png 130 130

expect 0 "$comicgan" eval a b
grep -Eq '^swd +[0-9.]+ +[0-9.]+ to [0-9.]+$' ../stdout || fail "no distance with its interval"
grep -Eq '^kid +- +needs --features$' ../stdout || fail "no word why a measure has no value"
[ ! -s ../stderr ] || fail "eval writes to stderr"

expect 0 "$comicgan" eval --json --resamples 0 a a
for field in '"pictures_a": 3' '"pairs": 3' '"frechet": null' '"swd_levels": ['; do
    grep -qF "$field" ../stdout || fail "no $field in the JSON object"
done
tr -d ' \n' <../stdout | grep -qF '"swd":{"value":0.0}' || fail "a folder is at a distance from itself"
[ ! -e cache ] || fail "a cache is made although there is nothing to keep"

# The figures are the same for any number of threads.
expect 0 "$comicgan" eval --json --threads 1 a b
cp ../stdout one.json
expect 0 "$comicgan" eval --json --threads 3 a b
cmp -s ../stdout one.json || fail "figures depend on threads"
rm one.json

refuse 2 'expected DIR_A and DIR_B' eval a
refuse 2 '--size' eval --size 64 a b
refuse 2 'did you mean --features' eval --feature=x --featuers x a b
refuse 1 'at least 2 pictures' eval few a
refuse 1 'nowhere' eval a nowhere
refuse 3 'net.safetensors' eval --features "$COMICGAN_MODELS/../net.safetensors" a b
refuse 3 'list of layers' eval --features "$COMICGAN_MODELS/tiny.safetensors" a b
head -c 100 "$COMICGAN_MODELS/tiny.safetensors" >cut.safetensors
refuse 3 'cut.safetensors' eval --features cut.safetensors a b
