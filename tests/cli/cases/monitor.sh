# shellcheck shell=bash
# comicgan train --monitor: a page while the run goes, a report when it is over.
: "${comicgan:?}" "${fixture:?}" "${folder:?}"

command -v curl >/dev/null || {
    echo "skipped: curl is not there"
    exit 77
}

mkdir -p data/photos
for i in 1 2 3 4 5 6 7 8; do
    "$fixture" picture "data/photos/$i.png" $((80 + i)) 72
done
options=(--data data --keep-all --cache cache --from tiny --detail 128 --crop 48 --batch 2 --threads 1)

refuse 2 'expected [HOST:]PORT' train "${options[@]}" --out run --steps 1 --monitor x
refuse 2 'expected [HOST:]PORT' train "${options[@]}" --out run --steps 1 --monitor 70000
[ ! -e run ] || fail "a run was begun without its monitor"

# A run without an end, on any port that is free.
"$comicgan" train "${options[@]}" --out run --steps 100000000 --monitor 0 \
    >../run.stdout 2>../run.stderr </dev/null &
run=$!
trap 'kill $run 2>/dev/null || true; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
for ((i = 0; i < 600; i++)); do
    grep -q '^monitor: ' ../run.stderr && break
    kill -0 $run 2>/dev/null || break
    sleep 0.1
done
url=$(sed -n 's/^monitor: //p' ../run.stderr)
[ -n "$url" ] || fail "no address was printed: $(cat ../run.stderr)"
token=${url#*token=}
url=${url%%#*}
port=${url##*:}
port=${port%/}

# answer METHOD PATH HEADER...: the HTTP status, with the body in ../stdout
answer() {
    local method=$1 path=$2
    shift 2
    curl -sS -o ../stdout -w '%{http_code}' -X "$method" "$url$path" "${@/#/-H}" 2>../stderr
}
[ "$(answer GET '')" = 200 ] || fail "the page is not there"
[ "$(answer GET data.json)" = 200 ] || fail "the data is not there"
[ "$(answer GET '' 'Host: evil.example')" = 403 ] || fail "another host's name was accepted"
[ "$(answer POST stop)" = 403 ] || fail "stopped without a token"
kill -0 $run || fail "the run has ended: $(cat ../run.stderr)"

refuse 2 "port $port of 127.0.0.1 is in use" train "${options[@]}" --out other --steps 1 \
    --monitor "$port"
[ ! -e other ] || fail "a run was begun without its monitor"

[ "$(answer POST stop "X-Monitor-Token: $token")" = 200 ] || fail "stop was refused"
code=0
wait $run || code=$?
[ $code -eq 0 ] || fail "the stopped run ended with $code: $(cat ../run.stderr)"
[ -s run/model.safetensors ] || fail "the model was not saved"
ls run/samples/step-*.jpg >/dev/null || fail "there are no samples"
grep -q 'data:image/jpeg;base64,' run/report.html || fail "the report has no pictures"

# Gone on with, the report still begins where the run began.
steps=$(sed -n 's/.*: step \([0-9]*\)$/\1/p' ../run.stdout)
[ -s "run/checkpoints/$(printf 'step-%07d' "$steps").safetensors" ] || fail "no checkpoint was saved"
expect 0 "$comicgan" train --resume run --threads 1 --steps $((steps + 1))
grep -q '"step":0,"url"' run/report.html || fail "the report has lost the first sample"

# A folder that holds a run already keeps its report.
before=$(cksum <run/report.html)
refuse 2 'holds a run already' train "${options[@]}" --out run --steps 1
[ "$(cksum <run/report.html)" = "$before" ] || fail "a refused run touched the report"
