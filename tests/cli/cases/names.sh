# shellcheck shell=bash
# Sizes, times and names that are asked for: --max-size, --keep-times, --template.
: "${fixture:?}" "${comicgan:?}"

mkdir -p photos/sub
"$fixture" picture photos/a.png 120 80
"$fixture" picture photos/sub/b.jpg 40 60
touch -d '2001-02-03 04:05:06' photos/a.png

# smaller, never larger; a comic of the smaller photo
convert --max-size 60 photos/a.png small.png
has_size small.png '60 40'
convert --max-size 120 photos/a.png same.png
has_size same.png '120 80'
convert --max-size 30 photos/sub/b.jpg tall.png
has_size tall.png '20 30'
convert --max-size 60 --beside photos/a.png both.png
has_size both.png '120 40'
"$fixture" flavour clear.png rgba
convert --max-size 12 --strength 0 clear.png clear-small.png
has_size clear-small.png '12 8'
[ "$("$fixture" samples clear-small.png 11 1)" = '20 160 40 255' ] || fail 'colours bleed where it is clear'
refuse 2 'from 1 to 65535' convert --max-size 0 photos/a.png x.png
expect 0 "$comicgan" card small.png
grep -q '"max_size": 60' ../stdout || fail 'the mark does not say the size'

# as old as the photo, which still counts as done
for sandbox in '' --no-sandbox; do
    convert --keep-times $sandbox -q photos/a.png old.png
    [ "$(date -r old.png '+%F %T')" = '2001-02-03 04:05:06' ] || fail "other times: $(date -r old.png)"
done
expect 0 "$comicgan" convert --style tiny --skip-existing --dry-run photos/a.png old.png
[ ! -s ../stdout ] || fail 'as old as its photo, and not done'
[ "$(date -r small.png +%Y)" -gt 2001 ] || fail 'times are kept unasked'

# names by template
named() {
    expect 0 "$comicgan" convert --style tiny -r --dry-run --template "$1" photos out
    [ "$(cut -d' ' -f3 ../stdout | tr '\n' ' ')" = "$2 " ] || fail "$1: $(cat ../stdout)"
}
named '{dir}/{name}-{style}.{ext}' 'out/a-tiny.png out/sub/b-tiny.png'
named '{style}/{dir}/{name}.{ext}' 'out/tiny/a.png out/tiny/sub/b.png'
named '{name}_{name}.{ext}' 'out/a_a.png out/b_b.png'
expect 0 "$comicgan" convert --style "$COMICGAN_MODELS/tiny.safetensors" -r -q --format same \
    --template 'by {style}/{name}.{ext}' photos out
[ "$(find out -type f | sort | tr '\n' ' ')" = 'out/by tiny/a.png out/by tiny/b.jpg ' ] || fail "$(find out)"

# refused before any work
rm -r out
refuse 2 'photos/a.png and photos/sub/b.jpg would both become out/x.png' \
    convert --style tiny -r --template 'x.{ext}' photos out
refuse 2 'found "{date}' convert --style tiny --template '{name}-{date}.{ext}' photos out
for bad in '{name' '}{name}.{ext}' '{}.{ext}'; do
    refuse 2 'expected {dir}, {name}' convert --style tiny --template "$bad" photos out
done
refuse 2 'ends in .{ext}' convert --style tiny --template '{name}.png' photos out
refuse 2 'ends in .{ext}' convert --style tiny --template '' photos out
for bad in '/{name}.{ext}' '../{name}.{ext}' 'a/../../{name}.{ext}' '{dir}/..{dir}/../{name}.{ext}'; do
    refuse 2 'inside OUT' convert --style tiny --template "$bad" photos out
done
refuse 2 'contradict' convert --style tiny --template '{name}.{ext}' --suffix -c photos out
refuse 2 '--template is for comics in a folder' convert --style tiny --template '{name}.{ext}' photos/a.png x.png
[ ! -e out ] || fail 'a refused call left something'

# names of photos get nowhere either
mkdir odd
cp photos/a.png 'odd/...png'
cp photos/a.png 'odd/{dir}.png'
expect 0 "$comicgan" convert --style tiny --dry-run --template '{name}/{name}.{ext}' odd out
[ "$(sed 's/.* -> //' ../stdout | tr '\n' ' ')" = 'out/{dir}/{dir}.png ' ] || fail "$(cat ../stdout)"
expect 0 "$comicgan" convert --style tiny --dry-run --template '{name}/{name}.{ext}' odd/...png out/
[ "$(sed 's/.* -> //' ../stdout)" = out/...png ] || fail "$(cat ../stdout)"
