# shellcheck shell=bash
# tools/run: builds, and starts what is there for who may not write to the build folder. tools/build
# says how many steps there are and on a terminal how many are done, and what failed.
: "${source:?}"

mkdir -p tree/tools tree/build bin
cp "$source/tools/run" "$source/tools/build" tree/tools
printf '#!/bin/sh\nexit 0\n' >tree/tools/setup
# a cmake that prints Ninja's lines, and puts a program in place
cat >bin/cmake <<'CMAKE'
#!/bin/sh
[ "$1" = --build ] || exit 0
[ ! -e ../refuse ] || { echo 'error: refused'; exit 1; }
i=0
while [ $((i += 1)) -le "${STEPS:-1}" ]; do echo "[$i/${STEPS:-1}] Building"; done
mkdir -p build/release
printf '#!/bin/sh\necho "ran: $*"\n' >build/release/comicgan
chmod +x build/release/comicgan
CMAKE
chmod +x tree/tools/setup bin/cmake
PATH=$PWD/bin:$PATH

# ran TEXT: what was started said so, and stderr is TEXT
ran() {
    [ "$(cat ../stdout)" = 'ran: a b c' ] || fail "the program was not started"
    [ "$(cat ../stderr)" = "$1" ] || fail "expected on stderr: $1"
}
expect 0 env STEPS=30 tree/tools/run a 'b c'
ran 'build: comicgan comicgan-train, step 1 of 30'
if command -v script >/dev/null; then
    STEPS=30 script -qec 'tree/tools/run a' ../typescript </dev/null >../stdout
    [[ "$(<../stdout)" = *$'\r\e[Kbuild: step 30 of 30\r\e[Kran: a'* ]] || fail "no progress on a terminal"
fi
expect 0 tree/tools/run a 'b c'
ran ''

# it is built no more for who may not, with their own rights or with those of nobody
touch refuse
expect 1 tree/tools/run a 'b c'
grep -q 'error: refused' ../stderr || fail "the build's words are lost"
grep -q 'preset release failed' ../stderr || fail "the failure is not named"
chmod -R a-w tree/build
chmod a+rx . ..
as_who=()
[ "$(id -u)" -ne 0 ] || as_who=(setpriv --reuid=65534 --regid=65534 --clear-groups)
expect 0 "${as_who[@]}" tree/tools/run a 'b c'
ran ''
