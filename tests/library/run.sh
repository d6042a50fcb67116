#!/usr/bin/env bash
# The library as others see it: installed into an empty folder, looked at from outside, and used by
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

# A picture of stripes, 64 x 48.
photo() {
    printf 'P6\n64 48\n255\n'
    for ((i = 0; i < 64 * 48 / 16; i++)); do
        printf '%.0s\xe0\x40\x20' {1..8}
        printf '%.0s\x10\x50\xc0' {1..8}
    done
}

# A comic of the same size, and not the photo.
check_comic() {
    [ "$(wc -c <"$1")" -eq "$(wc -c <"$folder/photo.ppm")" ] || fail "$1: not of the photo's size"
    ! cmp -s "$1" "$folder/photo.ppm" || fail "$1: the photo itself"
}
photo >"$folder/photo.ppm"

case $case_name in
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
        grep -wE 'exec[a-z]*|fork|system|setenv|putenv|unsetenv|exit|_exit|abort|printf|puts|perror|signal' || true)
    [ -z "$used" ] || fail "the library uses what is not its business: $used"
    ;;
pkg-config)
    kind=--libs
    [ -e "$lib/libcomicgan.so" ] || kind=--static
    flags=$(pkg-config $kind --cflags --libs comicgan)
    # shellcheck disable=SC2086
    "${CC:-cc}" -std=c11 -Wall -Wextra -Werror "$source/docs/examples/convert.c" $flags -o "$folder/convert"
    "$folder/convert" <"$folder/photo.ppm" >"$folder/comic.ppm"
    check_comic "$folder/comic.ppm"
    [ "$(pkg-config --modversion comicgan)" = "$(sed -n 's/#define CG_VERSION "\(.*\)"/\1/p' "$source/include/comicgan/comicgan.h")" ] ||
        fail "another version"
    ;;
cmake)
    cmake -S "$source/docs/examples" -B "$folder/build" -DCMAKE_PREFIX_PATH="$stage" >"$folder/log" ||
        fail "$(cat "$folder/log")"
    cmake --build "$folder/build" >"$folder/log" || fail "$(cat "$folder/log")"
    "$folder/build/convert" <"$folder/photo.ppm" >"$folder/comic.ppm"
    check_comic "$folder/comic.ppm"
    [ "$("$folder/build/threads")" = 'three threads, one comic' ] || fail "threads differ"
    ;;
python)
    command -v python3 >/dev/null || exit 77
    export LIBCOMICGAN=$lib/libcomicgan.so.0 PYTHONDONTWRITEBYTECODE=1
    python3 "$source/docs/examples/comicgan.py" <"$folder/photo.ppm" >"$folder/comic.ppm"
    check_comic "$folder/comic.ppm"
    cd "$source/docs/examples"
    python3 - <<'PYTHON' || fail "the module does not do what it says"
import comicgan
assert comicgan.version()[0].isdigit()
engine = comicgan.Engine("comic", threads=1)
grey = bytes([128]) * (3 * 32 * 32)
assert engine.convert(grey, 32, 32, strength=0.0) == grey
for call, error in ((lambda: engine.convert(grey, 5, 5), ValueError),
                    (lambda: engine.convert(grey, 32, 32, sharpness=1), TypeError),
                    (lambda: engine.convert(grey, 32, 32, ink=-7.0), comicgan.Error),
                    (lambda: comicgan.Engine("nobody's style"), comicgan.Error)):
    try:
        call()
    except error as raised:
        assert str(raised)
    else:
        raise SystemExit("expected an error")
PYTHON
    ;;
esac
