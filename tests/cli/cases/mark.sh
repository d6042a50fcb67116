# shellcheck shell=bash
# What made a comic is in its file: shown by card, compared by --skip-existing, left out by --no-mark.
: "${fixture:?}" "${comicgan:?}"

formats='png jpg'
"$fixture" picture probe.webp 8 8 2>/dev/null && formats+=' webp'
mkdir photos
"$fixture" picture photos/a.png 64 48

# shown, the same in all formats; without it nothing is there to show
for format in $formats; do
    convert --line 2 --paper cream photos/a.png a."$format"
    expect 0 "$comicgan" card a."$format"
    for text in '"program": "comicgan ' '"style": "tiny"' '"line": 2' '"paper": "cream"'; do
        grep -qF "$text" ../stdout || fail "$format: expected $text"
    done
    ! grep -qaF -e "$PWD" -e photos -e "$(id -un)@" a."$format" || fail "$format: more than that"
    cp ../stdout ../first
    convert --line 2 --paper cream --no-mark photos/a.png plain."$format"
    refuse 1 'found no mark' card plain."$format"
    [ "$("$fixture" difference a."$format" plain."$format")" -eq 0 ] || fail "$format: other pixels"
done
convert --line 2 --paper cream photos/a.png again.jpg
cmp a.jpg again.jpg || fail 'the same call writes other bytes'
refuse 2 'only shown' card a.png --line 1
refuse 1 'found no mark' card photos/a.png

# a page has it, too
expect 0 "$comicgan" page --style tiny photos/a.png a.png page.jpg
expect 0 "$comicgan" card page.jpg
grep -qF '"style": "tiny"' ../stdout || fail 'a page says nothing'

# done N ARGUMENTS...: of the one photo, N are done already
done_already() {
    local count=$1
    shift
    expect 0 "$comicgan" convert --style tiny --skip-existing --dry-run "$@" photos comics
    [ "$(grep -c -- '->' ../stdout)" -eq $((1 - count)) ] || fail "expected $count done: $*"
}
for format in $formats; do
    rm -rf comics
    convert --format "$format" --line 2 photos comics
    done_already 1 --format "$format" --line 2
    done_already 1 --format "$format" --line 2 --no-mark # which is about what is written alone
    done_already 0 --format "$format"
    done_already 0 --format "$format" --line 2 --ink 0.5
    done_already 0 --format "$format" --line 2 --beside
    done_already 0 --format "$format" --line 2 --mask photos/a.png
    done_already 0 --format "$format" --line 2 --style comic
done

# another version, by its first two numbers
convert --format jpg --line 2 photos comics
done_already 1 --format jpg --line 2
sed -i 's/comicgan 0\.\([0-9]*\)\.[0-9]/comicgan 0.\1.9/' comics/a.jpg
done_already 1 --format jpg --line 2
sed -i 's/comicgan 0\.[0-9]*\./comicgan 9.9./' comics/a.jpg
done_already 0 --format jpg --line 2

# another model under the same name
convert --format "$format" --line 2 photos comics
cp "$COMICGAN_MODELS/tiny.safetensors" other.safetensors
done_already 1 --format "$format" --line 2 --style ./other.safetensors
printf '\0\0\0\x3f' | dd of=other.safetensors bs=1 seek=$(($(wc -c <other.safetensors) - 4)) conv=notrunc status=none
done_already 0 --format "$format" --line 2 --style ./other.safetensors

# without a mark it counts as before: whole, and not older
convert --no-mark photos comics
done_already 1
done_already 1 --line 3
