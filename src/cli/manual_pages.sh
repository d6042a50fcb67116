#!/bin/sh
# manual_pages.sh COMICGAN FOLDER: a manual page of comicgan and of each command, as they tell it.
set -eu
mkdir -p "$2"
"$1" --print-man >"$2/comicgan.1"
"$1" train --model vector --print-man >"$2/comicgan-train-vector.1"
"$1" --print-options | awk '$3 == "command" { print $1 }' | while read -r command; do
    "$1" "$command" --print-man >"$2/comicgan-$command.1"
done
