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
        share/fish/vendor_completions.d/comicgan.fish share/doc/comicgan/docs/licences/{dygraphs,stb}.txt; do
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
models)
    # beside the library, whatever folder and program use it
    mkdir -p "$folder/prefix/share/comicgan/models"
    cp -r "$stage/$libdir" "$folder/prefix/$libdir"
    "$build/tests/cli_fixture" model "$folder/prefix/share/comicgan/models/near.safetensors" near
    cat >"$folder/open.c" <<'PROGRAM'
#include <comicgan/comicgan.h>
#include <stdio.h>
int main(void)
{
    struct cg_error error;
    struct cg_engine *engine = NULL;
    int failed = cg_engine_open("near", &engine, &error) != CG_OK;
    puts(failed ? error.text : cg_engine_style(engine)->name);
    cg_engine_free(engine);
    return failed;
}
PROGRAM
    # shellcheck disable=SC2046
    "${CC:-cc}" -Wall -Werror "$folder/open.c" $(pkg-config --cflags --libs comicgan) -o "$folder/open"
    unset COMICGAN_MODELS
    cd /
    "$folder/open" >"$folder/said" && fail "a style comes from nowhere"
    grep -q 'no style is called "near"' "$folder/said" || fail "$(cat "$folder/said")"
    [ "$(LD_LIBRARY_PATH=$folder/prefix/$libdir "$folder/open")" = near ] || fail "no model beside the library"
    ;;
plain)
    # without a word of what to build: what is optimised, and the tests unless they are not wanted
    cmake -S "$source" -B "$folder/plain" >"$folder/log" 2>&1 || fail "$(cat "$folder/log")"
    grep -q '^CMAKE_BUILD_TYPE:STRING=Release$' "$folder/plain/CMakeCache.txt" || fail "plain cmake does not give Release"
    [ -e "$folder/plain/tests" ] || fail "plain cmake makes no tests"
    cmake -S "$source" -B "$folder/bare" -DBUILD_TESTING=OFF >"$folder/log" 2>&1 || fail "$(cat "$folder/log")"
    [ ! -e "$folder/bare/tests" ] || fail "BUILD_TESTING=OFF is not honoured"
    ;;
package)
    for tool in cpack dpkg-deb dpkg-shlibdeps; do
        command -v $tool >/dev/null || {
            echo "skipped: there is no $tool here"
            exit 77
        }
    done
    (cd "$build" && cpack -G DEB -B "$folder/deb" >"$folder/log" 2>&1) || fail "$(cat "$folder/log")"
    # each component is a package, file for file, and knows what it needs
    while read -r package component needs; do
        deb=$(echo "$folder/deb/${package}"_*.deb)
        cmake --install "$build" --prefix "$folder/$component/usr" --component "$component" >/dev/null
        dpkg-deb -x "$deb" "$folder/unpacked"
        there=$(cd "$folder/unpacked" && find . ! -type d | sort)
        [ "$there" = "$(cd "$folder/$component" && find . ! -type d | sort)" ] || fail "$package holds other files: $there"
        rm -r "$folder/unpacked"
        for need in ${needs//,/ }; do
            dpkg-deb -f "$deb" Depends | grep -q "\b$need\b" || fail "$package does not depend on $need"
        done
    done <<'PACKAGES'
comicgan programs libc6,libopenblas0
libcomicgan0 library libc6,libopenblas0
libcomicgan-dev development libcomicgan0
PACKAGES
    ;;
python)
    python=''
    for candidate in python3 /usr/bin/python3; do
        ! "$candidate" -c 'import numpy' 2>/dev/null || python=$candidate
    done
    if [ -z "$python" ]; then
        echo 'skipped: there is no python3 with numpy here'
        exit 77
    fi
    export LIBCOMICGAN=$lib/libcomicgan.so.0 PYTHONDONTWRITEBYTECODE=1
    "$python" "$source/docs/examples/comicgan.py" "$folder/photo.png" "$folder/comic.png"
    check_comic "$folder/comic.png"
    cd "$source/docs/examples"
    "$python" - <<'PYTHON' || fail "the module does not do what it says"
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
import numpy
photo = numpy.arange(40 * 30 * 4, dtype=numpy.uint8).reshape(30, 40, 4)
comic = engine.convert(photo, detail=64)
assert comic.shape == photo.shape and (comic[..., 3] == photo[..., 3]).all()
assert (comic != photo).any() and photo[0, 1, 0] == 4
assert engine.convert(photo[::2, :, 0]).shape == (15, 40)
PYTHON
    ;;
esac
