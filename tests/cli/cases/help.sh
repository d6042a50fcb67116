# shellcheck shell=bash
# Help and version go to stdout, name every option, and end well.
: "${comicgan:?}" "${case_file:?}"

for arguments in --help -h help; do
    expect 0 "$comicgan" $arguments
    grep -q '^  convert IN\.\.\. OUT' ../stdout || fail "help does not name convert"
    [ ! -s ../stderr ] || fail "help writes to stderr"
done

expect 0 "$comicgan" convert --help
for option in style detail ink strength quality format suffix files-from skip-existing force \
    background keep-profile keep-exif keep-gps strict threads max-memory report dry-run verbose quiet shard; do
    grep -q -- "^  --$option " ../stdout || fail "convert --help does not name --$option"
done
for option in '-r, --recursive' '-j, --jobs N' -0 '-h, --help'; do
    grep -q -- "^  $option " ../stdout || fail "convert --help does not name $option"
done
sed -n '/^Which pictures/,$p' ../stdout >own
grep -Eq '.{81}' own && fail "convert --help is wider than 80 columns"
grep -q '130 interrupted' ../stdout || fail "convert --help does not name the exit codes"
# an option that no case uses is one that nobody has tried
while read -r option; do
    grep -rqE --exclude=help.sh -e "(convert|run|refuse|batch|value) .*$option\>" \
        "$(dirname "$case_file")" || fail "no case tries convert $option"
done < <(grep -Eo '^  (-., )?(-0|--[a-z-]+)' ../stdout | grep -Eo -e '(-0|--[a-z-]+)$')
expect 0 "$comicgan" convert -h
expect 0 "$comicgan" page --help
for option in layout caption title font page gutter frame slant background rtl force style \
    quality threads; do
    grep -q -- "^  --$option " ../stdout || fail "page --help does not name --$option"
done
expect 0 "$comicgan" styles --help
grep -q -- '--json' ../stdout || fail "styles --help does not name --json"

expect 0 "$comicgan" --version
grep -Eq '^comicgan [0-9]+\.[0-9]+\.[0-9]+$' ../stdout || fail "no version"
grep -q 'OpenBLAS' ../stdout || fail "no BLAS library"
grep -q 'MIT' ../stdout || fail "no licence"

expect 2 "$comicgan"
[ ! -s ../stdout ] || fail "without arguments the help belongs to stderr"
grep -q '^Usage' ../stderr || fail "no usage without arguments"

# A full disk under stdout is noticed.
code=0
"$comicgan" --help >/dev/full 2>../stderr || code=$?
[ "$code" -eq 1 ] || fail "expected exit code 1 for a full stdout, found $code"
grep -q 'No space left' ../stderr || fail "the full disk is not named"
