# shellcheck shell=bash
# Progress on a terminal, which is script's here: nothing in the first second, which what comes late out of a pipe lets
# pass, then a line that is erased at the end; nothing with -q. Training shows its steps at once.
: "${fixture:?}" "${comicgan:?}"

command -v script >/dev/null || {
    echo 'skipped: there is no script(1) here'
    exit 77
}

"$fixture" picture in.png 640 480
"$fixture" film film.y4m 32 24 3 420mpeg2
mkdir data
for i in 1 2 3 4; do "$fixture" picture data/$i.png 40 40; done
mkfifo late back
export comicgan quiet
export gan='--model vector --side 8 --generator 12 --discriminator 12 --noise 4 --batch 8 --steps 2 --log-steps 1 --data data'

# A second after it is asked for; a film's frames a second after the comic's header is there.
feed_picture() { { sleep 1.1 && cat in.png; } >late; }
feed_film() {
    {
        head -n 1 film.y4m
        exec 5<back
        head -c 1 <&5 >/dev/null
        sleep 1.1
        tail -n +2 film.y4m
    } >late
    cat <&5 >/dev/null
}

# look COMMAND: run it on a terminal; the lines that were seen
look() {
    local code=0
    feed_"$feed" &
    script -qec "\"\$comicgan\" $1" ../typescript </dev/null >../seen || code=$?
    kill $! 2>/dev/null || true # of a command that does not ask
    wait $! 2>/dev/null || true
    [ "$code" -eq 0 ] || fail "exit code $code: $1"
    tr '\r' '\n' <../seen | sed 's/\x1b\[K//'
}

while IFS='|' read -r feed expected command; do
    quiet=''
    look "$command" | grep -Exq "$expected" || fail "expected $expected: $command"
    [[ "$(tail -n 1 ../seen)" =~ ($'\r\x1b[K'|^)[^$'\x1b']*$'\r'?$ ]] || fail "a line is left: $command"
    quiet=-q
    ! look "$command" | grep -Exq "$expected" || fail "-q shows progress: $command"
done <<'COMMANDS'
picture|converting: [0-9]+ %|convert $quiet --no-sandbox --style tiny --force late out.png
picture|panels: [12] of 2|page $quiet --no-sandbox --style tiny --force --page 300x300 in.png late page.png
film|frames: [1-3]|stream $quiet --style tiny <late >back
picture|step 2: D .*|train $quiet --force --out run $gan
picture|pictures: [1-5] of 5|score $quiet --no-sandbox --model run/model.safetensors late data
COMMANDS
