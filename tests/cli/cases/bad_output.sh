# shellcheck shell=bash
# An OUT that cannot be written: said before the work where it can be known; nothing left behind.
: "${fixture:?}" "${comicgan:?}"

"$fixture" picture in.png 200 150
echo file >file

refuse 1 'nowhere' convert --style tiny in.png nowhere/out.png
refuse 1 'folder file/: ' convert --style tiny in.png file/out.png

# IN itself, by any name
cp in.png keep.png
ln in.png hard.png
ln -s in.png soft.png
for out in in.png ./in.png hard.png soft.png; do
    refuse 2 'the same file' convert --style tiny in.png $out
done
cmp in.png keep.png || fail "IN was changed"
rm hard.png soft.png

# a full disk: a device that is always full, and a limit on the size of files
ln -s /dev/full full.png
refuse 1 'full.png: the disk is full' convert --style tiny --force in.png full.png
rm full.png

limited() {
    ulimit -f 1
    "$comicgan" convert --style tiny --force in.png "$1"
}
for out in out.png keep.png; do
    expect 1 limited $out
    grep -q "$out" ../stderr || fail "$out is not named"
done
cmp in.png keep.png || fail "OUT was changed by a failure"
nothing_but in.png keep.png file

if [ "$(id -u)" -eq 0 ]; then
    echo "skipped: root may write to every folder"
else
    mkdir closed
    chmod 555 closed
    refuse 1 'closed' convert --style tiny in.png closed/out.png
fi
