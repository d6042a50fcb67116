# shellcheck shell=bash
# Wrong commands and options: exit 2, a useful line, nothing written.
: "${fixture:?}"

"$fixture" picture in.png 20 20

refuse 2 'did you mean convert?' convrt in.png out.png
refuse 2 'did you mean comicgan convert in.png OUT?' in.png out.png
refuse 2 'the commands are' frobnicate
refuse 2 'unknown option --frob' --frob
refuse 2 'unknown option --frob' --version --frob
refuse 2 'comicgan: unexpected argument x; expected options alone; see comicgan --help' --version x
refuse 2 'comicgan: unexpected argument -; expected options alone; see comicgan --help' -
refuse 2 'comicgan: expected a COMMAND, found nothing; see comicgan --help' --

refuse 2 'did you mean --quality?' convert --qualiyt 90 in.png out.png
refuse 2 'unknown option -Q' convert -Q in.png out.png
refuse 2 'unknown option --size; a comic has its' convert --size 90 in.png out.png
refuse 2 "a comic has its photo's size" convert --resize 90 in.png out.png
refuse 2 'unknown option --size; --help lists the options' page --size a4 in.png page.png
refuse 2 'did you mean --out?' convert --output out.png in.png
refuse 2 'did you mean --force?' convert --overwrite in.png out.png
refuse 2 'comicgan styles' convert --list
refuse 2 'ambiguous: --keep-profile, --keep-exif, --keep-gps or --keep-times' convert --keep in.png out.png
refuse 2 'comicgan video' convert film.mp4 out.png
refuse 2 'comicgan video' convert film.MPG out.png
refuse 2 '--help lists the options' convert --frobnicate in.png out.png
refuse 2 '--ink needs a value' convert in.png out.png --ink
refuse 2 '--help takes no value' convert --help=1
refuse 2 '--generator: expected small or large, found "medium"' train --data x --out y --generator medium
refuse 2 'a folder for the comics of several' convert in.png in.png more.png
refuse 2 'did you mean --json?' styles --jsno

# value TEXT OPTION VALUES...: each value is refused, and named.
value() {
    local text=$1 option=$2 bad
    shift 2
    for bad in "$@"; do
        refuse 2 "$text" convert "$option" "$bad" in.png out.png
        grep -qF "found \"$bad\"" ../stderr || fail "$option $bad is not named"
    done
}
value 'a number from 0 to 2' --ink -0.1 2.1 nan inf 0x1 '' ' 1' 1x one 1,5 1e99
value 'a number from 0 to 1' --strength -1 1.01 much
value 'from 1 to 100' --quality 0 101 9.5 best 99999999999999999999
value 'from 64 to 8192' --detail 63 8193 big
value 'from 1 to 256' --threads 0 257 -1 all
value 'from 1 to 256' --jobs 0 257 many
value 'from 1 to 256' -j 0
value 'such as 800M or 2G' --max-memory 0 '' M -1M 1.5G 10X 2GG 99999999999T ' 1G'
value '#rgb, #rrggbb, white' --background '' '#' '#12' '#1234' '#12345g' 123456 whitish
value 'png, jpg, webp or same' --format bmp ''
value 'decimals follow a point' --line 0,5 1,25
refuse 2 '--verbose and --quiet' convert --verbose --quiet in.png out.png

for out in out.heic out out.png.txt; do
    refuse 2 "$out" convert in.png "$out"
done
nothing_but in.png
