# shellcheck shell=bash
# What draws more than a plain comic gives the same bytes with any number of threads. Small, as the thread sanitizer
# is slow; tests/cli/cases/jobs.sh has the comics themselves.
: "${fixture:?}" "${comicgan:?}"

"$fixture" picture in.png 300 200
"$fixture" picture other.png 160 210
"$fixture" picture small.png 60 40

# same NAME COMMAND...: with one thread and with three; what is written comes last.
same() {
    local name=$1
    shift
    expect 0 "$comicgan" "$@" --force --threads 1 "one-$name"
    expect 0 "$comicgan" "$@" --force --threads 3 "three-$name"
    cmp "one-$name" "three-$name" || fail "$* depends on --threads"
}

same looks.png convert --style tiny --blacks 1 --cel 1 --faces 1 --colors 8 --fill 0.5 --hatch 1 --halftone 0.5 --paper kraft in.png
same page.png page --style tiny --page 200x280 --slant 0.2 in.png other.png in.png
if [ -r /usr/share/fonts/opentype/comic-neue/ComicNeue-Bold.otf ]; then
    same sheet.png preview small.png
else
    echo "skipped: the sheet's names need fonts-comic-neue"
fi
