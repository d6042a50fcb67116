# shellcheck shell=bash
# comicgan train starts comicgan-train beside the program, else on PATH, with all arguments.
: "${comicgan:?}"

mkdir bin path
cp "$comicgan" bin/comicgan
comicgan=$PWD/bin/comicgan

PATH=$PWD/path:/usr/bin:/bin
refuse 2 'comicgan-train was found neither' train --data x

# trainer FOLDER CODE: a script in its place
trainer() {
    printf '#!/bin/sh\necho "%s: $*"\nexit %s\n' "$1" "$2" >"$1/comicgan-train"
    chmod +x "$1/comicgan-train"
}
trainer path 5
expect 5 "$comicgan" train --data 'a b' --help
[ "$(cat ../stdout)" = 'path: --data a b --help' ] || fail "the one on PATH was not started well"
trainer bin 0
expect 0 "$comicgan" train
[ "$(cat ../stdout)" = 'bin: ' ] || fail "the one beside the program was not preferred"
