# shellcheck shell=bash
# What is told from the commands' tables: manual pages without a warning, what shells complete.
: "${comicgan:?}" "${source:?}"

"$source/src/cli/manual_pages.sh" "$comicgan" man
[ "$(find man -name '*.1' | wc -l)" -eq 15 ] || fail "expected 15 pages, found $(ls man)"
for page in man/*.1; do
    grep -q '^\.SH OPTIONS' "$page" || fail "$page has no options"
    if command -v man >/dev/null; then
        expect 0 env LC_ALL=C.UTF-8 MANROFFSEQ='' man --warnings -E UTF-8 -l -Tutf8 -Z "$page"
        [ ! -s ../stderr ] || fail "$page: man warns"
    fi
    if command -v mandoc >/dev/null; then
        mandoc -T lint -W warning "$page" | grep -v 'missing date' >../stderr &&
            fail "$page: mandoc warns"
    fi
done
grep -qF '\-s, \-\-style S' man/comicgan-convert.1 || fail "convert's page lacks --style"

# the scripts can be read by their shells; bash is asked for completions
completions=$source/src/cli/completions
bash -n "$completions/comicgan.bash" || fail "bash cannot read its completions"
if command -v zsh >/dev/null; then zsh -n "$completions/_comicgan" || fail "zsh cannot"; fi
if command -v fish >/dev/null; then
    expect 0 env HOME="$PWD" PATH="${comicgan%/*}:$PATH" fish -c \
        "source $completions/comicgan.fish; complete -C 'comicgan convert --kee'"
    [ "$(cut -f 1 ../stdout | sort | tr '\n' ' ')" = '--keep-exif --keep-gps --keep-profile --keep-times ' ] ||
        fail "fish does not complete an option"
    expect 0 env HOME="$PWD" PATH="${comicgan%/*}:$PATH" fish -c \
        "source $completions/comicgan.fish; complete -C 'comicgan help con'"
    [ "$(cut -f 1 ../stdout)" = convert ] || fail "fish does not complete a command after help"
fi

# complete WORDS...: what bash offers for the last of them.
complete() { :; }
# shellcheck source=/dev/null
. "$completions/comicgan.bash"
offers() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _comicgan "$comicgan"
    echo "${COMPREPLY[*]}"
}
touch photo.jpg
[ "$(offers comicgan con)" = convert ] || fail "bash does not complete a command"
[ "$(offers comicgan help con)" = convert ] || fail "bash does not complete a command after help"
[ "$(offers comicgan convert --keep-p)" = --keep-profile ] || fail "bash does not complete an option"
[ "$(offers comicgan convert --format s)" = same ] || fail "bash does not complete a word"
[ "$(offers comicgan convert -s ti)" = tiny ] || fail "bash does not complete a style"
[ "$(offers comicgan convert ph)" = photo.jpg ] || fail "bash does not complete a file"
[ "$(offers comicgan train --model vector --obj)" = --objective ] || fail "bash: train --model vector"
