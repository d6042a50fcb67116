# shellcheck shell=bash
# The walls of commands: all paths that a call names are within them, and what it does not name is not.
: "${fixture:?}" "${comicgan:?}"

# in_and_out COMMAND ARGUMENTS...: must succeed within the walls and without; %s is what differs.
in_and_out() {
    local file
    expect 0 "$comicgan" "${@//%s/in}"
    cp ../stdout in.stdout
    [ ! -s ../stderr ] || fail "expected nothing on stderr: $*"
    expect 0 "$comicgan" "${@//%s/out}" --no-sandbox
    [ ! -s ../stderr ] || fail "expected nothing on stderr: $*"
    cmp ../stdout in.stdout || fail "the walls change the output: $*"
    for file in in*; do
        [ "$file" = in.stdout ] || cmp "$file" "out${file#in}" || fail "the walls change $file: $*"
    done
    rm -rf in* out*
}

expect 0 "$comicgan" --version
walls=$(sed -n 's/^Sandbox: //p' ../stdout)
[[ $walls =~ ^seccomp\ (yes|no),\ Landlock\ (yes|no)$ ]] || fail "no line on the sandbox: $walls"

mkdir photos far far/away lists reports
for i in 1 2 3 4 5; do
    "$fixture" picture photos/$i.png $((120 + i)) 130
    "$fixture" picture far/f$i.png $((130 + i)) 120
done
"$fixture" picture far/away/4.png 140 140
"$fixture" plain far/mask.png 120 120 128
cp "$COMICGAN_MODELS/tiny.safetensors" far/style.safetensors
ln -s ../far/f1.png photos/linked.png

# one, to a file, through links, from and to pipes and the standard streams
in_and_out convert --style far/style.safetensors --mask far/mask.png photos/1.png %s.png
in_and_out convert --style tiny photos/linked.png %s.png
"$comicgan" convert --style tiny --format png - - <photos/1.png >a.png || fail "from - to -"
"$comicgan" convert --style tiny --format png /dev/stdin /dev/stdout <photos/1.png | cat >b.png
cmp a.png b.png || fail "through /dev/stdin and /dev/stdout"
"$comicgan" convert --style tiny <(cat photos/1.png) b.png --force || fail "from a pipe"
cmp a.png b.png || fail "from a pipe: another picture"
ln -s "$PWD/reports/there.png" link.png
touch reports/there.png
convert photos/1.png link.png
cmp a.png reports/there.png || fail "through a link to another folder"
convert --format png photos/1.png /dev/null
convert --no-sandbox photos/1.png b.png
cmp a.png b.png || fail "without walls: another picture"
rm a.png b.png link.png reports/there.png

# a kind whose library is loaded before the walls are there: named, within a folder, from a pipe, as a mask
if "$fixture" picture far/a.heic 130 120; then
    in_and_out convert --style tiny --mask far/a.heic photos/1.png %s.png
    in_and_out page --style tiny --page 200x280 photos/1.png far/a.heic %s.png
    in_and_out eval --resamples 10 far photos
    "$comicgan" convert --style tiny --format png - - <far/a.heic >a.png || fail "HEIC from - to -"
    "$comicgan" convert --style tiny <(cat far/a.heic) b.png || fail "HEIC from a pipe"
    cmp a.png b.png || fail "HEIC from a pipe: another picture"
    rm far/a.heic a.png b.png
fi

# a list and a report elsewhere, comics in new folders
printf '%s\n' ../work/photos/1.png "$PWD/far/away/4.png" >lists/list
expect 0 "$comicgan" convert --style tiny --quiet --files-from lists/list --report reports/r new/comics
[ "$(grep -c '"converted"' reports/r)" -eq 2 ] || fail "the report lacks lines"
expect 0 "$comicgan" convert --style tiny --quiet -r photos far comics/ --report reports/s
[ "$(find comics -name '*.png' | wc -l)" -eq 13 ] || fail "comics are missing"
expect 0 "$comicgan" convert --style tiny --quiet -r photos comics/ --skip-existing --report reports/s
rm -r new comics reports/*

# so many that they are allowed by folders; nearly all are not there, which is said of each
{ printf 'photos/no%s.png\n' $(seq 4096) && echo photos/2.png && echo photos/linked.png; } >lists/many
expect 1 "$comicgan" convert --style tiny --quiet --files-from lists/many many/
[ "$(grep -c 'no such file' ../stderr)" -eq 4096 ] || fail "missing pictures are not told"
[ "$(find many -name '*.png' | wc -l)" -eq 2 ] || fail "pictures of a long list are missing"
rm -r many lists

# the other commands
in_and_out page --style tiny --page 200x280 --mask far/mask.png photos/1.png far/f2.png %s.png
mapfile -t fonts < <(find /usr/share/fonts -name '*.ttf' -o -name '*.otf' | head -n 1)
if [ ${#fonts[@]} -gt 0 ]; then
    in_and_out page --style tiny --page 400x500 --title Abc photos/1.png far/f2.png %s.png
    cp "${fonts[0]}" far/font
    in_and_out page --style tiny --page 400x500 --title Abc --font far/font photos/1.png far/f2.png %s.png
fi
"$fixture" film film.y4m 64 48 3 420mpeg2
"$comicgan" stream --style tiny --mask far/mask.png <film.y4m >one.y4m || fail "stream"
"$comicgan" stream --style tiny --mask far/mask.png --no-sandbox <film.y4m >two.y4m || fail "stream"
cmp one.y4m two.y4m || fail "the walls change a film"

# pictures behind links to folders and to files
mkdir tree && ln -s ../far tree/below && ln -s ../photos/1.png tree/1.png
in_and_out eval --resamples 10 tree photos
expect 0 "$comicgan" train --model vector --side 8 --generator 12 --discriminator 12 --noise 4 \
    --batch 8 --steps 2 --log-steps 2 --data photos --out run
for use in '--fit tree --save %s.safetensors' '--anomalies tree'; do
    # shellcheck disable=SC2086
    in_and_out score --model run/model.safetensors --crops 2 $use far tree/1.png
done

# While the first picture is waited for, the second becomes a link to what the call does not name.
swapped() {
    rm -rf comics swap && mkdir swap
    mkfifo swap/a.png
    cp photos/1.png swap/b.png
    "$comicgan" convert --style tiny -j 1 "$@" swap/a.png swap/b.png comics/ >../stdout 2>../stderr &
    exec 9>swap/a.png # waits until the pipe is opened for reading
    ln -sf ../far/away/4.png swap/b.png
    grep -h Seccomp: /proc/$!/task/*/status | sort -u >seccomp
    cat photos/2.png >&9
    exec 9>&-
    wait $!
}

# masked COMMAND...: while its mask is waited for, its style becomes a link to what it does not name;
# the exit code
masked() {
    rm -rf swap new && mkdir swap
    mkfifo swap/mask
    cp far/style.safetensors swap/style.safetensors
    {
        exec 9>swap/mask # waits until the pipe is opened for reading
        ln -sf ../far/style.safetensors swap/style.safetensors
        cat far/mask.png >&9
    } &
    local writer=$! code=0
    "$comicgan" "$@" --style swap/style.safetensors --mask swap/mask <film.y4m >../stdout 2>../stderr || code=$?
    kill $writer 2>/dev/null || :
    wait $writer || :
    return $code
}
for outside in '' --no-sandbox; do
    for command in 'convert photos/1.png new/' 'convert --dry-run photos/1.png new/' \
        'page --page 200x200 photos/1.png photos/2.png page.png' stream; do
        code=0
        # shellcheck disable=SC2086
        masked $command $outside || code=$?
        if [ -n "$outside" ] || [[ $walls == *'Landlock no' ]]; then
            [ $code -eq 0 ] || fail "$command: does not work with a mask from a pipe"
            rm -rf new page.png
        else
            [ $code -eq 3 ] || fail "$command: the mask is read outside of the walls"
            grep -q 'style.safetensors: permission denied' ../stderr || fail "$command: no reason is given"
            [ ! -e new ] || fail "$command: leaves a folder behind"
            [ ! -e page.png ] || fail "$command: leaves something behind"
        fi
    done
done
rm -rf new page.png

if [[ $walls == *'Landlock yes' ]]; then
    ! swapped || fail "a file that the call does not name is read"
    grep -q 'reading swap/b.png: permission denied' ../stderr || fail "no reason is given"
    [ -e comics/a.png ] || fail "the first picture is missing"
else
    echo "this kernel has no Landlock: the walls around files are not tested"
fi
swapped --no-sandbox || fail "--no-sandbox keeps files out of reach"
if [[ $walls == 'seccomp yes'* ]]; then
    [ "$(tr -d '[:blank:]' <seccomp)" = Seccomp:0 ] || fail "--no-sandbox gives up calls"
    swapped || :
    [ "$(tr -d '[:blank:]' <seccomp)" = Seccomp:2 ] || fail "a thread has kept its calls"
else
    echo "this kernel has no seccomp: the walls around calls are not tested"
fi

# Where memory ends before or while the walls are put up, the call says so or does its work. Where not even
# the libraries can be loaded, nothing is tried.
cp photos/1.png small.png
# limited KIB ARGUMENTS...: the exit code with so much memory
limited() {
    local code=0
    (ulimit -d "$1" && OPENBLAS_NUM_THREADS=1 exec timeout 20 "$comicgan" "${@:2}") >/dev/null 2>../stderr || code=$?
    return $code
}
for ((kib = 700; kib <= 1500; kib += 8)); do
    limited $kib --version || continue
    code=0
    limited $kib convert --style tiny --threads 1 -f small.png out.png || code=$?
    [[ $code =~ ^[013]$ ]] || fail "with $kib KiB: exit code $code"
    [ $code -eq 0 ] || grep -Eq 'memory|thread' ../stderr || fail "with $kib KiB: $(cat ../stderr)"
done
