# shellcheck shell=bash source=/dev/null disable=SC2154
# A rank that is killed ends the run; its last checkpoint is whole, and any number of ranks goes on.
. "$(dirname "${case_file:?}")/ranks.bash"

kill_rank() {
    local other code=0 tries=200
    other=$(pid_of_rank $((1 - $1)))
    kill -KILL "$(pid_of_rank "$1")"
    wait "${run:?}" || code=$?
    [ $code -ne 0 ] || fail "the run ended well without rank $1"
    while kill -0 "$other" 2>/dev/null; do
        ((tries-- > 0)) || fail "the other rank goes on without rank $1"
        sleep 0.05
    done
}

rows_in_log() {
    [ "$(wc -l <run/log.csv)" -gt "$1" ]
}

# steps that take little: four crops
start 2 "${recipe[@]}" --batch 4 --cache cache --out run --steps 1000000
wait_for 'its first checkpoint' [ -e run/checkpoints/step-0000500.safetensors ]
kill_rank 1
cp run/checkpoints/step-0000500.safetensors first.safetensors
start 2 --resume run --steps 1000000
wait_for 'a row of the log' rows_in_log 11
kill_rank 0
cmp -s run/checkpoints/step-0000500.safetensors first.safetensors || fail "the checkpoint is not the last one's"

cp -r run again
expect 0 ranks 4 --resume run --steps 505
expect 0 ranks 1 --resume again --steps 505
same_file run again model.safetensors
same_file run again checkpoints/step-0000505.safetensors
