# shellcheck shell=bash
# Runs of both kinds that are stopped, killed, out of space, damaged or of another version.
: "${comicgan:?}" "${fixture:?}" "${folder:?}"

mkdir -p data/photos
for i in 1 2 3 4 5 6 7 8; do
    "$fixture" picture "data/photos/$i.png" $((80 + i)) 72
done
style=(--data data --cache cache --from tiny --detail 128 --crop 48 --batch 2)
vector=(--model vector --data data/photos --side 8 --generator 12 --discriminator 12 --batch 8 --crops 4)

# start RUN OPTIONS...: a run without an end, in the background, until it has begun
start() {
    local run=$1
    shift
    "$comicgan" train "$@" --out "$run" --threads 1 --steps 100000000 \
        >../run.stdout 2>../run.stderr </dev/null &
    process=$!
    trap 'kill -KILL $process 2>/dev/null || true; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
    for ((i = 0; i < 600; i++)); do
        [ ! -e "$run/model.safetensors" ] || return 0
        kill -0 $process 2>/dev/null || break
        sleep 0.1
    done
    fail "the run did not begin: $(cat ../run.stderr)"
}

# A signal saves and ends the run; resumed, it gives what one run gives.
check_stop() {
    local signal=$1 code=0 steps
    shift
    start stopped "$@"
    kill "-$signal" $process
    wait $process || code=$?
    [ $code -eq 0 ] || fail "$signal: ended with $code: $(cat ../run.stderr)"
    steps=$(sed -n 's/.*: step \([0-9]*\)$/\1/p' ../run.stdout)
    [ -s "stopped/checkpoints/$(printf 'step-%07d' "$steps").safetensors" ] ||
        fail "$signal: nothing was saved"
    expect 0 "$comicgan" train --resume stopped --steps $((steps + 2)) --threads 1
    expect 0 "$comicgan" train "$@" --name stopped --out whole --steps $((steps + 2)) --threads 2
    cmp stopped/model.safetensors whole/model.safetensors || fail "$signal: another model"
    rm -r stopped whole
}
check_stop TERM "${style[@]}"
check_stop TERM "${vector[@]}" --name stopped
check_stop INT "${vector[@]}" --name stopped

# Killed: what was saved can be resumed, and what was half written is gone.
start killed "${vector[@]}"
kill -KILL $process
wait $process 2>/dev/null || true
touch killed/{checkpoints/.step-0000500.safetensors,.log.csv,samples/.step-0000500.png,.model.md}.comicgan-abcdef
expect 0 "$comicgan" train --resume killed --steps 3
[ -z "$(find killed -name '.*')" ] || fail "what a killed run left half written stays"

# A disk on which no file can grow beyond 2 KiB is as good as full.
expect 0 "$comicgan" train "${vector[@]}" --out full --steps 3
before=$(cksum full/checkpoints/* full/model.safetensors)
full() {
    ulimit -f 2
    exec "$comicgan" train --resume full --steps 6
}
code=0
(full) >../stdout 2>../stderr || code=$?
[ $code -eq 1 ] || fail "on a full disk: expected exit code 1, found $code"
grep -q 'full/checkpoints/step-0000006.safetensors: ' ../stderr || fail "a full disk was not told"
[ "$(cksum full/checkpoints/* full/model.safetensors)" = "$before" ] || fail "something was lost"
expect 0 "$comicgan" train --resume full --steps 6

# A damaged checkpoint is told, the one before it used.
truncate -s -1 full/checkpoints/step-0000006.safetensors
expect 0 "$comicgan" train --resume full --steps 7
grep -q 'alarm: damaged-checkpoint, .*step-0000006.safetensors' ../stderr ||
    fail "a damaged checkpoint was not told"

# Rates that are too high: told, and the exit code says it.
expect 1 "$comicgan" train "${vector[@]}" --generator-rate 1 --discriminator-rate 1 --objective \
    least-squares --r1 1000 --optimizer sgd --out wild --steps 300
grep -q 'alarm: not-a-number, gone back from step ' ../stderr || fail "going back was not told"
grep -q 'comicgan: training is unstable: NaN or infinity' ../stderr || fail "not given up"
grep -q 'not-a-number' wild/report.html || fail "the report does not tell"

# Of another version, or with other data.
sed -i 's/"version": [0-9]*/"version": 99/; s/"comicgan": "[^"]*"/"comicgan": "7.7"/' full/run.json
refuse 1 'expected a run of version 3, found 99, made by comicgan 7.7; go on with it by that program' \
    train --resume full --steps 9
"$fixture" picture data/photos/9.png 80 72
expect 1 "$comicgan" train --resume killed --steps 9
grep -q 'are not those that this run began with' ../stderr || fail "other data was not refused"
