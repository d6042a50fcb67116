# shellcheck shell=bash
# A bad IN: exit 1, one line that names it, no OUT.
: "${comicgan:?}" "${fixture:?}"

# bytes HEX...: write them
bytes() {
    local hex
    for hex in "$@"; do
        printf '%b' "\\x$hex"
    done
}

"$fixture" picture good.png 64 48
"$fixture" picture good.jpg 64 48
head -c 300 good.png >cut.png
head -c 500 good.jpg >cut.jpg
head -c 20 good.png >stub.png
: >empty.png
echo 'not a picture at all' >text.jpg
mkdir folder.png

# a PNG header of 60000 x 60000, with its right checksum
bytes 89 50 4e 47 0d 0a 1a 0a 00 00 00 0d 49 48 44 52 \
    00 00 ea 60 00 00 ea 60 08 02 00 00 00 0f b0 e2 15 >enormous.png
# JPEG headers: 60000 x 60000 (baseline), and 16 x 16 with lossless coding (SOF3)
jpeg_components='03 01 11 00 02 11 01 03 11 01'
# shellcheck disable=SC2086
bytes ff d8 ff c0 00 11 08 ea 60 ea 60 $jpeg_components ff d9 >enormous.jpg
# shellcheck disable=SC2086
bytes ff d8 ff c3 00 11 08 00 10 00 10 $jpeg_components ff d9 >lossless.jpg

mkdir out
for in in missing.png empty.png text.jpg cut.png cut.jpg stub.png enormous.png enormous.jpg \
    lossless.jpg; do
    refuse 1 "$in" convert --style tiny $in out/out.png
    [ -z "$(ls -A out)" ] || fail "$in left something behind"
done

refuse 1 'lossless' convert --style tiny lossless.jpg out/out.png
refuse 1 '60000' convert --style tiny enormous.png out/out.png
refuse 1 'no such file' convert --style tiny missing.png out/out.png
refuse 2 'a folder' convert --style tiny folder.png out/out.png

# kinds with a library of their own, as far as they are built in: cut off anywhere one line and
# nothing left; with bytes turned over the same, or a comic
for kind in heic avif webp tiff gif; do
    "$fixture" picture good.$kind 64 48 || continue
    size=$(wc -c <good.$kind)
    for nbytes in 12 $((size / 8)) $((size / 2)) $((size * 7 / 8)); do
        head -c $nbytes good.$kind >bad.$kind
        refuse 1 "reading bad.$kind: expected" convert --style tiny bad.$kind out/out.png
        [ -z "$(ls -A out)" ] || fail "a $kind of $nbytes bytes left something behind"
    done
    for at in 10 $((size / 8)) $((size / 3)) $((size / 2)) $((size * 7 / 8)); do
        cp good.$kind bad.$kind
        bytes 5a a5 00 ff 5a a5 00 ff | dd of=bad.$kind bs=1 seek=$at conv=notrunc 2>/dev/null
        if "$comicgan" convert --style tiny --quiet bad.$kind out/out.png >../stdout 2>../stderr; then
            rm out/out.png
        elif [ "$(grep -c '^comicgan: reading bad\.' ../stderr)" -ne 1 ]; then
            fail "a $kind with other bytes at $at"
        fi
        [ "$(wc -l <../stderr)" -le 1 ] || fail "more than a line on a $kind with other bytes at $at"
        [ -z "$(ls -A out)" ] || fail "a $kind with other bytes at $at left something behind"
    done
done

# without its end alone it is read with a warning, and refused if that is asked for
head -c -12 good.png >no_end.png
expect 0 "$comicgan" convert --style tiny no_end.png out/no_end.png
grep -q 'its end (IEND) is missing' ../stderr || fail "no warning of the missing end"
refuse 1 'its end (IEND) is missing' convert --style tiny --strict no_end.png out/strict.png
rm out/no_end.png

# an OUT that was there stays as it was
cp good.png out/out.png
refuse 1 text.jpg convert --style tiny --force text.jpg out/out.png
cmp good.png out/out.png || fail "OUT was changed by a failure"

# a bad IN is refused whatever the name says; a good one is read whatever the name says
cp good.png really_png.jpg
convert really_png.jpg out/out.png

if [ "$(id -u)" -eq 0 ]; then
    echo "skipped: root may read every file"
else
    chmod 000 good.png
    refuse 1 'good.png' convert --style tiny good.png out/new.png
fi
