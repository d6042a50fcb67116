#!/usr/bin/env bash
# One case of the command-line tests: run.sh CASE.sh COMICGAN FIXTURE
# The case is sourced in an empty folder, with a style called tiny and the functions below.
set -euo pipefail

case_file=$(realpath "$1")
comicgan=$(realpath "$2")
fixture=$(realpath "$3")
# shellcheck disable=SC2034 # for the cases
source=$(realpath "$(dirname "$0")/../..")
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
mkdir "$folder/models" "$folder/work"
cd "$folder/work"

"$fixture" model "$folder/models/tiny.safetensors" tiny
export COMICGAN_MODELS="$folder/models"

# What says which shard of a list is this process's; the tests may run in such a job themselves.
for name in $(compgen -e); do
    case $name in
    SLURM_* | OMPI_* | PMI_* | JOB_COMPLETION_INDEX | COMICGAN_SHARDS) unset "$name" ;;
    esac
done

fail() {
    echo "FAILED: $*" >&2
    echo "--- stdout" >&2
    head -n 20 ../stdout >&2
    echo "--- stderr" >&2
    head -n 20 ../stderr >&2
    exit 1
}

# expect CODE COMMAND...: run it, keep its output in ../stdout and ../stderr.
expect() {
    local expected=$1 code=0
    shift
    "$@" >../stdout 2>../stderr </dev/null || code=$?
    [ "$code" -eq "$expected" ] || fail "expected exit code $expected, found $code: $*"
}

# convert ARGUMENTS...: with the style tiny, over what is there; must succeed without a word.
convert() {
    expect 0 "$comicgan" convert --style tiny --force "$@"
    [ -z "$(cat ../stdout ../stderr)" ] || fail "expected no output: convert $*"
}

# refuse CODE TEXT ARGUMENTS...: comicgan must end with CODE and one line on stderr that has TEXT.
refuse() {
    local code=$1 text=$2
    shift 2
    expect "$code" "$comicgan" "$@"
    grep -qF -- "$text" ../stderr || fail "expected \"$text\" on stderr: $*"
    [ "$(wc -l <../stderr)" -eq 1 ] || fail "expected one line on stderr: $*"
    grep -q '^comicgan: ' ../stderr || fail "expected a line that begins with comicgan: $*"
    [ ! -s ../stdout ] || fail "expected nothing on stdout: $*"
}

# says TEXT: what the last command wrote to stderr has it.
says() {
    grep -qF -- "$1" ../stderr || fail "expected \"$1\" on stderr"
}

# needs_ffmpeg || return 0
needs_ffmpeg() {
    command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null && return
    echo "skipped: there is no ffmpeg here"
    return 1
}

# ---- films: where a case says nothing else, the comic has the film's own colours

video() {
    expect 0 "$comicgan" video --force --style tiny --strength 0 "$@"
}

# make ARGUMENTS...: a film, by ffmpeg
make() {
    ffmpeg -nostdin -v error -y "$@"
}

# shows ENTRIES FILM: what ffprobe says of it, in one line
shows() {
    ffprobe -v error -show_entries "$1" -of csv=p=0 "$2" | tr '\n' ' '
}

# nothing_but FILES...: no other file may lie in the working folder.
nothing_but() {
    local found expected
    found=$(find . -mindepth 1 -printf '%P\n' | sort)
    expected=$(if [ $# -gt 0 ]; then printf '%s\n' "$@"; fi | sort)
    [ "$found" = "$expected" ] || fail "expected the files: $expected; found: $found"
}

has_size() {
    local found
    found=$("$fixture" size "$1")
    [ "$found" = "$2" ] || fail "$1: expected size $2, found $found"
}

differ() {
    [ "$("$fixture" difference "$1" "$2")" -gt 0 ] || fail "$1 and $2 are the same picture"
}

: >../stdout
: >../stderr
# shellcheck source=/dev/null
. "$case_file"
