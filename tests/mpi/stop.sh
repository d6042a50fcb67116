# shellcheck shell=bash source=/dev/null disable=SC2154
# A signal to any rank stops all of them; what is there is saved.
. "$(dirname "${case_file:?}")/ranks.bash"

has_row() {
    [ "$(wc -l <"$1/log.csv")" -gt 1 ]
}

for asked in 0 1; do
    start 2 "${recipe[@]}" --cache cache --out "run$asked" --steps 1000000
    wait_for 'a row of the log' has_row "run$asked"
    kill -TERM "$(pid_of_rank $asked)"
    code=0
    wait "$run" || code=$?
    [ $code -eq 0 ] || fail "the run that was stopped ended with $code"
    grep -q "^run$asked/model.safetensors: step " ../stdout || fail "the run did not end well"
    [ "$(find "run$asked/checkpoints" -type f | wc -l)" -gt 1 ] || fail "nothing was saved"
done
