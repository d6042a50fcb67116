# shellcheck shell=bash source=/dev/null disable=SC2154
# What cannot be is said once, and by the first rank also what went wrong with another.
. "$(dirname "${case_file:?}")/ranks.bash"

# refused CODE TEXT: of the last command, by one line of comicgan
refused() {
    grep -qF -- "$2" ../stderr || fail "expected \"$2\" on stderr"
    [ "$(grep -c '^comicgan: ' ../stderr)" -eq 1 ] || fail "expected one line of comicgan's"
    [ ! -s ../stdout ] || fail "expected nothing on stdout"
}

expect 2 ranks 2 --bogus
refused 2 '--bogus'
expect 0 ranks 2 --help
[ "$(grep -c '^Usage: ' ../stdout)" -eq 1 ] || fail "the help was not printed once"
expect 2 ranks 2 "${recipe[@]}" --out run --monitor x
refused 2 'expected [HOST:]PORT'
expect 1 ranks 2 --data nowhere --out run
refused 1 'reading nowhere: no such file or folder'
expect 1 ranks 5 "${recipe[@]}" --cache cache --out run
refused 1 'expected at least 10 crops for 5 ranks'
expect 1 ranks 2 --model vector --data data/photos --out vector
refused 1 '--model vector'
expect 2 ranks 2 --model faces --photos data/photos --faces faces.json --out faces
refused 2 '--model faces is trained by one process'
[ ! -e faces ] || fail "a finder of faces was begun"
[ ! -e run/checkpoints ] || fail "a run was begun"

# other pictures on the second machine
mkdir -p other/photos
cp data/photos/1.png data/photos/2.png other/photos
both=("${recipe[@]}" --cache cache --out run --threads 1)
expect 1 mpirun -np 1 "$comicgan" train "${both[@]}" : \
    -np 1 "$comicgan" train "${both[@]}" --data other
refused 1 'rank 1: other: other pictures than rank 0 has there'

# a folder that cannot be written to, once the run is under way
expect 0 ranks 2 "${recipe[@]}" --cache cache --out full --steps 2
rm full/log.csv
mkdir full/log.csv
expect 1 ranks 2 --resume full --steps 4
refused 1 'full/log.csv'
