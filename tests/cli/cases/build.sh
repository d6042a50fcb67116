# shellcheck shell=bash
# What tools/build says, of a build that cmake only tells of: nothing of a short one; of a long one how many steps
# there are, on a terminal also where it is, erased at the end; of one that fails all of it.
: "${source:?}"

mkdir bin
for tool in cmake dpkg-query; do
    printf '#!/bin/sh\n%s\n' "[ $tool = cmake ] && [ \"\$1\" = --build ] && exec sh -c \"\$TELLS\"; echo installed" >bin/$tool
    chmod +x bin/$tool
done
export TELLS PATH=$PWD/bin:$PATH

TELLS='echo "[1/3] one"'
expect 0 "$source/tools/build"
[ -z "$(cat ../stdout ../stderr)" ] || fail "a short build says something"
TELLS='echo "[1/30] one"; echo "[30/30] one"'
expect 0 "$source/tools/build"
[ "$(cat ../stdout ../stderr)" = 'build: all, step 1 of 30' ] || fail "a long build is not told of"
TELLS='echo "[1/3] one"; echo "it is broken"; false'
expect 1 "$source/tools/build"
says 'it is broken'
says 'build: preset release failed'
if command -v script >/dev/null; then
    TELLS='echo "[1/30] one"; echo "[30/30] one"'
    script -qec "$source/tools/build" ../typescript </dev/null >../stdout
    [[ "$(<../stdout)" = *$'\r\e[Kbuild: step 30 of 30\r\e[K' ]] || fail "no progress on a terminal"
fi
