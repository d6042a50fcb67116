# shellcheck shell=bash
# Help and version go to stdout, name every option, and end well.
: "${comicgan:?}" "${case_file:?}"

for arguments in --help -h help; do
    expect 0 "$comicgan" $arguments
    grep -q '^  convert IN\.\.\. OUT' ../stdout || fail "help does not name convert"
    [ ! -s ../stderr ] || fail "help writes to stderr"
done

# Every command: its help names each option of its table and fits a terminal, help and -h are one,
# and some case tries each option: one that no case uses is one that nobody has tried.
expect 0 "$comicgan" --print-options
mapfile -t commands < <(awk -F'\t' '$3 == "command" { print $1 }' ../stdout)
[ "${#commands[@]}" -eq 13 ] || fail "expected 13 commands, found ${commands[*]}"
cases=$(cat "${case_file%/*}"/*.sh)
for command in "${commands[@]}" 'train --model vector'; do
    read -ra words <<<"$command"
    expect 0 "$comicgan" "${words[@]}" -h
    cp ../stdout ../short
    expect 0 "$comicgan" help "${words[@]}"
    cmp -s ../short ../stdout || fail "help $command is not $command -h"
    expect 0 "$comicgan" "${words[@]}" --help
    cmp -s ../short ../stdout || fail "$command --help is not $command -h"
    [ ! -s ../stderr ] || fail "$command --help writes to stderr"
    head -n 1 ../stdout | grep -q "^Usage: comicgan $command" || fail "no usage of $command"
    sed '/^Usage/,/^[^ U]/d' ../stdout | grep -Eq '.{81}' && fail "$command --help is too wide"
    expect 0 "$comicgan" "${words[@]}" --print-options
    while IFS=$'\t' read -r name letter _ _ text; do
        label="--$name"
        [ "$letter" = - ] || label="-$letter, --$name"
        grep -q -- "^  $label\( \|$\)" ../short || fail "$command --help does not name $label"
        [ -n "$text" ] || fail "$command --$name: no help"
        grep -q -e "--$name\>" -e " -$letter\>" <<<"$cases" || fail "no case tries --$name"
    done <../stdout
done
expect 0 "$comicgan" convert --help
grep -q '130 interrupted' ../stdout || fail "convert --help does not name the exit codes"
refuse 2 'the commands are convert, preview' help nothing
refuse 2 'help: unexpected argument extra; expected a COMMAND; see comicgan help --help' help convert extra
refuse 2 'unknown option --nonsense' help --nonsense

expect 0 "$comicgan" --version
grep -Eq '^comicgan [0-9]+\.[0-9]+\.[0-9]+$' ../stdout || fail "no version"
grep -q 'OpenBLAS' ../stdout || fail "no BLAS library"
grep -q 'MIT' ../stdout || fail "no licence"

expect 2 "$comicgan"
[ ! -s ../stdout ] || fail "without arguments the help belongs to stderr"
grep -q '^Usage' ../stderr || fail "no usage without arguments"

# No library comes from the current folder; a static program has none.
mkdir planted
for library in $(ldd "$comicgan" 2>&1 | awk '{ print $1 }'); do
    [[ $library != lib* ]] || echo nonsense >"planted/$library"
done
(cd planted && expect 0 "$comicgan" --version)

# A full disk under stdout is noticed.
code=0
"$comicgan" --help >/dev/full 2>../stderr || code=$?
[ "$code" -eq 1 ] || fail "expected exit code 1 for a full stdout, found $code"
grep -q 'the disk is full' ../stderr || fail "the full disk is not named"
