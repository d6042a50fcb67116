#!/usr/bin/env bash
# The library as others see it, and the programs: installed into an empty folder, looked at from outside, and used by
# the examples.   run.sh CASE BUILD SOURCE LIBDIR   (shared or static: what the build made)
# Exits with 77 where a tool is missing.
set -euo pipefail

case_name=$1 build=$2 source=$3 libdir=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
stage=$folder/stage
for component in library development; do
    cmake --install "$build" --prefix "$stage" --component $component >/dev/null
done
lib=$stage/$libdir
export PKG_CONFIG_PATH=$lib/pkgconfig
export LD_LIBRARY_PATH=$lib

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# A comic of the photo's size, and not the photo.
check_comic() {
    [ "$("$build/tests/cli_fixture" size "$1")" = '64 48' ] || fail "$1: not of the photo's size"
    [ "$("$build/tests/cli_fixture" difference "$1" "$folder/photo.png")" -gt 20 ] || fail "$1: the photo itself"
}
"$build/tests/cli_fixture" picture "$folder/photo.png" 64 48

case $case_name in
install)
    cmake --install "$build" --prefix "$stage" --component programs >/dev/null
    pages=$stage/share/doc/comicgan
    for file in bin/comicgan bin/comicgan-train share/comicgan/models/pen.safetensors share/man/man1/comicgan-convert.1 \
        share/bash-completion/completions/comicgan share/zsh/site-functions/_comicgan \
        share/fish/vendor_completions.d/comicgan.fish share/doc/comicgan/docs/licences/dygraphs.txt; do
        [ -s "$stage/$file" ] || fail "$file is not installed"
    done
    # what pages point to lies where they point
    find "$pages" -name '*.md' | while read -r page; do
        { grep -oE '\]\([^)#:]+[)#]|src="[^":]+"' "$page" || true; } | sed 's/^](//; s/^src="//; s/.$//' | while read -r link; do
            [ -e "$(dirname "$page")/$link" ] || fail "${page#"$pages/"} points to $link, which is not installed"
        done
    done
    (unset COMICGAN_MODELS && cd / && "$stage/bin/comicgan" styles) | grep -q '^pen ' || fail "the installed program finds no styles"
    ;;
symbols)
    header=$(grep -oE '\bcg_[a-z_]+\(' "$stage/include/comicgan/comicgan.h" | tr -d '(' | sort -u)
    exported=$(nm -D --defined-only "$lib/libcomicgan.so" | sed -n 's/.* [A-Z] \(.*\)@@COMICGAN_.*/\1/p' | sort)
    [ "$header" = "$exported" ] || fail "exported is not what comicgan.h declares:
$(diff <(echo "$header") <(echo "$exported") || true)"
    all=$(nm -D --defined-only "$lib/libcomicgan.so" | grep -vc ' A ')
    [ "$all" -eq "$(wc -l <<<"$exported")" ] || fail "more is exported than the version names"
    readelf -d "$lib/libcomicgan.so" | grep -q 'SONAME.*libcomicgan\.so\.[0-9]*\]' || fail "no soname"
    # no other program, no environment, no end of the process, no words
    used=$(nm -D --undefined-only "$lib/libcomicgan.so" |
        grep -wE 'exec[a-z]*|fork|system|setenv|putenv|unsetenv|exit|_exit|abort|printf|puts|perror|signal|getenv|secure_getenv' || true)
    [ -z "$used" ] || fail "the library uses what is not its business: $used"
    ;;
pkg-config)
    kind=--libs
    [ -e "$lib/libcomicgan.so" ] || kind=--static
    flags=$(pkg-config $kind --cflags --libs comicgan)
    # shellcheck disable=SC2086
    "${CC:-cc}" -std=c11 -Wall -Wextra -Werror "$source/docs/examples/convert.c" $flags -o "$folder/convert"
    "$folder/convert" "$folder/photo.png" "$folder/comic.png" 2>/dev/null
    check_comic "$folder/comic.png"
    [ "$(pkg-config --modversion comicgan)" = "$(sed -n 's/#define CG_VERSION "\(.*\)"/\1/p' "$source/include/comicgan/comicgan.h")" ] ||
        fail "another version"
    ;;
cmake)
    cmake -S "$source/docs/examples" -B "$folder/build" -DCMAKE_PREFIX_PATH="$stage" >"$folder/log" ||
        fail "$(cat "$folder/log")"
    cmake --build "$folder/build" >"$folder/log" || fail "$(cat "$folder/log")"
    "$folder/build/convert" "$folder/photo.png" "$folder/comic.png" 2>/dev/null
    check_comic "$folder/comic.png"
    [ "$("$folder/build/threads")" = 'three threads, one comic' ] || fail "threads differ"
    ;;
python)
    command -v python3 >/dev/null || exit 77
    export LIBCOMICGAN=$lib/libcomicgan.so.0 PYTHONDONTWRITEBYTECODE=1
    python3 "$source/docs/examples/comicgan.py" "$folder/photo.png" "$folder/comic.png"
    check_comic "$folder/comic.png"
    cd "$source/docs/examples"
    python3 - <<'PYTHON' || fail "the module does not do what it says"
import comicgan
assert comicgan.version()[0].isdigit()
assert {"line", "halftone-dots"} <= set(comicgan.looks())
engine = comicgan.Engine("comic", threads=1)
grey = bytes([128]) * (3 * 32 * 32)
assert engine.convert_bytes(grey, 32, 32, strength=0.0) == grey
assert engine.convert_bytes(grey, 32, 32, paper="kraft", halftone_dots=50) != grey
seen = []
engine.convert_bytes(grey, 32, 32, progress=lambda done: seen.append(done) or True)
assert seen and max(seen) <= 1
for call, error in ((lambda: engine.convert_bytes(grey, 5, 5), ValueError),
                    (lambda: engine.convert_bytes(grey, 32, 32, sharpness=1), comicgan.Error),
                    (lambda: engine.convert_bytes(grey, 32, 32, ink=-7.0), comicgan.Error),
                    (lambda: engine.convert_bytes(grey, 32, 32, progress=lambda _: False),
                     comicgan.Error),
                    (lambda: engine.convert_file("/nowhere.png", "a.png"), comicgan.Error),
                    (lambda: comicgan.Engine("nobody's style"), comicgan.Error)):
    try:
        call()
    except error as raised:
        assert str(raised)
    else:
        raise SystemExit("expected an error")
try:
    import numpy
except ImportError:
    raise SystemExit(0)
photo = numpy.arange(40 * 30 * 4, dtype=numpy.uint8).reshape(30, 40, 4)
comic = engine.convert(photo, detail=64)
assert comic.shape == photo.shape and (comic[..., 3] == photo[..., 3]).all()
assert (comic != photo).any() and photo[0, 1, 0] == 4
assert engine.convert(photo[::2, :, 0]).shape == (15, 40)
PYTHON
    ;;
esac
