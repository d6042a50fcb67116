# shellcheck shell=bash source=/dev/null disable=SC2154
# However many ranks train it, a run is the same: byte for byte for 1, 2 and 4, but for rounding
# for 3. Each rank prepares a part of the pictures; only the first writes to the run's folder.
. "$(dirname "${case_file:?}")/ranks.bash"

expect 0 ranks 1 "${recipe[@]}" --cache cache1 --out one --steps 100
[ "$(wc -l <one/log.csv)" -eq 3 ] || fail "expected two rows in the log"
for n in 2 4; do
    expect 0 ranks $n "${recipe[@]}" --cache cache$n --out run$n --steps 100
    [ "$(grep -c '^run'$n'/model.safetensors: step 100$' ../stdout)" -eq 1 ] || fail "not told of once"
    [ "$(grep -c '^data: 8 photos' ../stderr)" -eq 1 ] || fail "the data was not told of once"
    same_file one run$n model.safetensors
    same_file one run$n checkpoints/step-0000100.safetensors
    same_file one run$n samples/step-0000100.jpg
    [ "$(curve one)" = "$(curve run$n)" ] || fail "$n ranks have another curve"
    diff <(cd cache1 && ls ./*.photo ./*.comic) <(cd cache$n && ls ./*.photo ./*.comic) ||
        fail "$n ranks prepared other pictures"
done

# stopped and resumed by other numbers of ranks
expect 0 ranks 2 "${recipe[@]}" --cache cache1 --out parts --steps 30
expect 0 ranks 4 --resume parts --steps 70
expect 0 ranks 1 --resume parts --steps 80
expect 0 ranks 2 --resume parts --steps 100
same_file one parts model.safetensors
same_file one parts checkpoints/step-0000100.safetensors

expect 0 ranks 3 "${recipe[@]}" --cache cache1 --out three --steps 100
paste -d, one/log.csv three/log.csv | awk -F, '
    NR == 1 { for (i = 1; i <= NF / 2; i++) if ($i == "loss") loss = i }
    NR > 1 { a = $loss + 0; b = $(loss + NF / 2) + 0; if (a < 0.9999 * b || b < 0.9999 * a) bad = 1; rows++ }
    END { exit bad || rows != 2 }' || fail "three ranks have another curve"
