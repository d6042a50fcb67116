# shellcheck shell=bash
# The comics are the same bytes whatever the jobs and threads.
: "${fixture:?}" "${comicgan:?}"

mkdir photos
for i in 1 2 3 4 5; do
    "$fixture" picture photos/$i.png $((40 + 30 * i)) 70
done
expect 0 "$comicgan" convert --style tiny -j 1 --threads 1 photos one
for settings in '-j 2' '-j 3 --threads 2' '--jobs 7 --threads 1' '--threads 3'; do
    # shellcheck disable=SC2086
    expect 0 "$comicgan" convert --style tiny --force $settings photos again
    diff -r one again || fail "the comics depend on $settings"
done
