# shellcheck shell=bash
# Which pictures are converted, what their comics are called, and what is left alone.
: "${fixture:?}" "${comicgan:?}"

mkdir -p photos/2020/may photos/.thumbnails
for name in a.jpg 2020/b.JPG 2020/may/c.png .hidden.png .thumbnails/t.png; do
    "$fixture" picture "photos/$name" 24 18
done
echo notes >photos/notes.txt
ln -s .. photos/2020/loop
ln -s ../a.jpg photos/2020/link.jpg

# run ARGUMENTS...: must do all of it.
run() {
    expect 0 "$comicgan" convert --style tiny --quiet "$@"
}

# are FOLDER FILES...: the folder's files are these and no others.
are() {
    local found expected folder=$1
    shift
    found=$(cd "$folder" && find . -type f -printf '%P\n' | sort)
    expected=$(printf '%s\n' "$@" | sort)
    [ "$found" = "$expected" ] || fail "$folder: expected the files: $expected; found: $found"
}

# a folder, flat and with its tree
run photos flat
are flat a.png
run --recursive photos/ tree/deep/
are tree/deep a.png 2020/b.png 2020/link.png 2020/may/c.png
has_size tree/deep/2020/may/c.png '24 18'
cmp tree/deep/a.png tree/deep/2020/link.png || fail "a link's comic is another one"

# formats and suffixes
run -r --format same --suffix -comic photos same
are same a-comic.jpg 2020/b-comic.JPG 2020/link-comic.jpg 2020/may/c-comic.png
[ "$(head -c 2 same/2020/b-comic.JPG | od -An -tx1)" = ' ff d8' ] || fail "same: not a JPEG"
run --format jpg photos/2020/may/c.png photos/a.jpg jpg
are jpg c.jpg a.jpg

# the comics' folder within the photos' one, twice
run -r photos photos/comics
run -r --skip-existing photos photos/comics
are photos/comics a.png 2020/b.png 2020/link.png 2020/may/c.png
rm -r photos/comics

# comics beside the photos, twice
cp -r photos beside
for _ in 1 2; do
    run -r --suffix -comic --skip-existing beside beside
done
are beside a.jpg a-comic.png notes.txt .hidden.png .thumbnails/t.png 2020/b.JPG 2020/b-comic.png \
    2020/link-comic.png 2020/may/c.png 2020/may/c-comic.png

# a path beyond the system's limit costs one line, not the call
mkdir far
"$fixture" picture far/a.jpg 24 18
(
    cd far || exit
    name=$(printf 'd%.0s' {1..250})
    for _ in {1..20}; do mkdir "$name" && cd "$name" || exit; done
)
refuse 1 'far/dd' convert --style tiny --quiet -r far near
are near a.png
refuse 2 '--suffix' convert --style tiny -r --skip-existing far far

# names that a terminal would obey are shown with question marks
mkdir odd
cp photos/a.jpg odd/$'x\x1b[2J\xc2\x9b\xe2\x80\xaegpj.jpg'
expect 0 "$comicgan" convert --style tiny --quiet --dry-run odd odd.out
[ "$(<../stdout)" = 'odd/x?[2J??gpj.jpg -> odd.out/x?[2J??gpj.png' ] ||
    fail "a name is not shown safely: $(<../stdout)"

# lists: folders are kept, nothing gets out of OUT
printf 'photos/a.jpg\n\n./photos/../photos/2020/b.JPG\r\n%s/photos/2020/may/c.png\n' "$PWD" >list
run --files-from list listed
are listed photos/a.png photos/2020/b.png "${PWD#/}/photos/2020/may/c.png"
zeros() {
    printf '%s\0' ../work/photos/a.jpg photos/2020/b.JPG |
        "$comicgan" convert --style tiny --quiet --files-from - -0 zeros
}
expect 0 zeros
are zeros work/photos/a.png photos/2020/b.png
refuse 2 '-0 takes lists' convert --files-from <(printf 'a\0b') out
refuse 2 'OUT alone' convert --files-from list photos out
refuse 2 '-0 is for' convert -0 photos/a.jpg out.png
refuse 2 '--files-from: reading nowhere' convert --files-from nowhere out

# the standard input and output
stream() {
    "$comicgan" convert --style tiny --quiet --format png - - <photos/a.jpg >stream.png
}
expect 0 stream
cmp stream.png flat/a.png || fail "a comic through pipes is another one"
refuse 2 'give --format' convert photos/a.jpg -
refuse 2 'no name' convert - flat
refuse 2 'one picture alone' convert -r photos -
rm stream.png

# collisions and contradictions are told before any work
mkdir twins
cp photos/a.jpg twins/x.jpg
cp photos/2020/may/c.png twins/x.png
cp photos/a.jpg twins/y.jpg
refuse 2 'twins/x.jpg and twins/x.png would both become out/x.png' convert twins out
refuse 2 'x.png' convert twins/x.jpg twins/y.jpg x.png
refuse 2 'expected a folder' convert photos/a.jpg twins/y.jpg list
refuse 2 'slash' convert photos/a.jpg out
refuse 2 '--format' convert --format png photos/a.jpg out.jpg
refuse 2 '--suffix' convert --suffix a/b photos out
refuse 2 'the folder of the photos' convert --force --format same twins twins
refuse 1 'found none' convert flat/.. empty
mkdir nothing
refuse 1 'nothing: expected pictures' convert -r nothing out
run --format same twins twins.out
are twins.out x.jpg x.png y.jpg
[ ! -e out ] || fail "a refused call left OUT"

# what is there is not overwritten unasked, and done again only where it must be
mkdir again
run photos/a.jpg twins/y.jpg again/
refuse 2 '2 comics are there already, the first is again/a.png' convert --style tiny \
    photos/a.jpg twins/y.jpg again
refuse 2 'again/a.png is there already' convert --style tiny photos/a.jpg again/a.png
refuse 2 'contradict' convert --force --skip-existing photos/a.jpg again
cp again/a.png whole.png
echo stays >>again/y.png # not the end of a PNG file
truncate -s -7 again/a.png
run --skip-existing photos/a.jpg twins/y.jpg again
cmp again/a.png whole.png || fail "a comic that was cut off is left as it was"
touch -d '2001-01-01' photos/a.jpg
touch -d '2001-01-02' again/a.png again/y.png
run --skip-existing photos/a.jpg twins/y.jpg again
[ "$(date -r again/a.png +%Y)" = 2001 ] || fail "a comic that is done was done again"
[ "$(date -r again/y.png +%Y)" != 2001 ] || fail "a comic older than its photo was left"
touch again/.a.png.comicgan-abcdef again/.z.png.comicgan-abcdef
run --force photos/a.jpg again
[ ! -e again/.a.png.comicgan-abcdef ] || fail "what a killed call left of a comic stays"
[ -e again/.z.png.comicgan-abcdef ] || fail "what another call works on is gone"

# shards: each picture once
for k in 1 2 3; do
    run -r --shard $k/3 photos shards
    [ "$(find shards -type f | wc -l)" -eq "$((k == 3 ? 4 : k == 1 ? 2 : 3))" ] ||
        fail "shard $k/3: not its part"
done
diff -r shards tree/deep || fail "the shards' comics are others"
for k in 5 6; do
    SLURM_ARRAY_TASK_ID=$k SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=6 SLURM_ARRAY_TASK_COUNT=2 \
        run -r photos array
done
diff -r array tree/deep || fail "the array's comics are others"
SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=9 run -r --shard 1/1 photos whole
diff -r whole tree/deep || fail "--shard 1/1 is not the whole list"
JOB_COMPLETION_INDEX=0 refuse 2 COMICGAN_SHARDS convert -r photos out
for shard in 0/3 4/3 3 x/y 1/3/3; do
    refuse 2 "--shard: expected K/N" convert --shard $shard photos out
done
[ ! -e out ] || fail "a refused call left OUT"
