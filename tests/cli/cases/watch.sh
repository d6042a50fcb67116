# shellcheck shell=bash
# convert --watch: what is in the folder, then each new file once, when it is whole. What it says
# comes through a pipe, so that each step waits for the one before.
: "${fixture:?}" "${comicgan:?}"

mkdir photos comics ready
for i in a b c d e f g h; do
    "$fixture" picture ready/$i.png 60 40
done
"$fixture" picture ready/i.heic 60 40 || "$fixture" picture ready/i.jpg 60 40
[ -e ready/i.jpg ] || mv ready/i.heic ready/i.jpg # by what it is, whose library has to be loaded
mkfifo ../said

# start ARGUMENTS...: in the background
start() {
    "$comicgan" convert --watch --style tiny "$@" 2>../said &
    process=$!
    exec 3<../said
}

# await TEXT: until it says a line that has TEXT
await() {
    local line
    while read -r line <&3; do
        echo "$line" >>../stderr
        [[ $line != *"$1"* ]] || return 0
    done
    fail "it ended without \"$1\""
}

# ended CODE: it has, and said nothing more than what was awaited
ended() {
    local code=0
    wait "$process" || code=$?
    [ "$code" -eq "$1" ] || fail "expected exit code $1, found $code"
    exec 3<&-
}

mv ready/a.png photos
cp ready/g.png comics/g.png # of who knows what
start -v --report said.jsonl photos comics/
await 'photos/a.png -> comics/a.png'
await 'watching photos; Ctrl-C ends'
mv ready/b.png photos
await 'photos/b.png -> comics/b.png'
cp ready/i.jpg photos
await 'photos/i.jpg -> comics/i.png'

# what is still being written, hidden, empty or no picture is not tried
exec 4>photos/c.png
head -c 200 ready/c.png >&4
cp ready/d.png photos/.d.png
touch photos/f.png
echo notes >photos/notes.txt
mkdir photos/folder.png
mv ready/e.png photos
await 'photos/e.png -> comics/e.png'
tail -c +201 ready/c.png >&4
exec 4>&-
await 'photos/c.png -> comics/c.png'
mv photos/.d.png photos/d.png
await 'photos/d.png -> comics/d.png'
cat ready/f.png >photos/f.png
await 'photos/f.png -> comics/f.png'

# what fails, and what would write over something, costs a line
head -c 300 ready/h.png >photos/broken.png
await 'broken.png'
before=$(cksum comics/g.png)
mv ready/g.png photos
await 'comics/g.png is there already'
[ "$(cksum comics/g.png)" = "$before" ] || fail "a picture was written over"
touch photos/a.png # closed after writing nothing: it has changed
await 'comics/a.png is there already'

kill -TERM $process
await '7 converted, 3 failed in '
ended 1
[ "$(grep -c -- '-> comics/' ../stderr)" -eq 7 ] || fail "a picture was converted twice"
[ "$(wc -l <said.jsonl)" -eq 8 ] || fail "expected a report of 8 lines"
"$fixture" json said.jsonl || fail "the report is not JSON"
[ "$(cd comics && echo *)" = 'a.png b.png c.png d.png e.png f.png g.png i.png' ] || fail "comics: $(ls -A comics)"

# it goes on as a call for the folder does, and the comic of what has changed is made anew
: >../stderr
rm photos/broken.png comics/g.png
refuse 2 'comics are there already' convert --watch --style tiny photos comics/
start -v -j 1 --skip-existing photos comics/
await 'photos/a.png -> comics/a.png'
await 'photos/g.png -> comics/g.png'
await watching
touch photos/b.png
await 'photos/b.png -> comics/b.png'
rm -r photos
await 'watching photos: the folder is gone'
await '3 converted in '
ended 1

# from nothing; a quiet one says nothing
mkdir photos
start photos new/
await watching
kill -INT $process
await '0 converted'
ended 0
start -q -v photos new/ || true
ended 2
start -q --force --no-sandbox photos new/
mv ready/h.png photos
until [ -e new/h.png ]; do sleep 0.01; done
kill -INT $process
ended 0

# Of two photos with one comic the first has it, whatever may be replaced; one that failed has none.
"$fixture" picture ready/p.jpg 60 40
for i in p q r; do "$fixture" picture ready/$i.png 80 40; done
head -c 300 ready/p.jpg >photos/q.jpg
start -v --force --template 'new/{name}-{style}.{ext}' photos named
await 'photos/h.png -> named/new/h-tiny.png'
await watching
mv ready/p.jpg photos
await 'photos/p.jpg -> named/new/p-tiny.png'
cp ready/p.png photos
await 'photos/p.jpg and photos/p.png would both become named/new/p-tiny.png'
mv ready/q.png photos
await 'photos/q.png -> named/new/q-tiny.png'
touch photos/p.jpg
await 'photos/p.jpg -> named/new/p-tiny.png'
kill -INT $process
await '4 converted, 2 failed in '
ended 1
has_size named/new/p-tiny.png '60 40'
has_size named/new/q-tiny.png '80 40'
rm photos/p.png photos/q.*
start -v --skip-existing --template 'new/{name}-{style}.{ext}' photos named
await watching
cp ready/p.png photos
await 'photos/p.jpg and photos/p.png would both become named/new/p-tiny.png'
mv ready/r.png photos
await 'photos/r.png -> named/new/r-tiny.png'
kill -INT $process
await '1 converted, 1 failed in '
ended 1

refuse 2 '--watch and --recursive' convert --watch -r photos comics/
refuse 2 '--watch and --dry-run' convert --watch --dry-run photos comics/
refuse 2 '--watch and --shard' convert --watch --shard 1/2 photos comics/
refuse 2 '--watch and --files-from' convert --watch --files-from list comics/
refuse 2 'comics of comics' convert --watch --suffix -x photos photos
refuse 1 'reading nowhere: no such file or folder' convert --watch nowhere comics/
refuse 1 'reading photos/h.png: a part of the path is a file, not a folder' convert --watch photos/h.png comics/
