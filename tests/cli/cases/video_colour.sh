# shellcheck shell=bash
# Colours of films by their tags: what went in as one colour comes out as the same one, whatever its
# matrix, range or kind of pixels, and HDR becomes BT.709.
: "${comicgan:?}"

needs_ffmpeg || return 0

video() {
    expect 0 "$comicgan" video --force --style tiny --strength 0 --crf 4 "$@"
}
make() {
    ffmpeg -nostdin -v error -y -f lavfi -i "color=0xe05050:s=64x48:r=10:d=0.2,format=gbrp" "$@"
}
tag_of() {
    ffprobe -v error -select_streams v -show_entries "stream=$2" -of csv=p=0 "$1"
}
# The red, green and blue of a film in a matrix of that name (of zscale's).
pixel_of() {
    ffmpeg -nostdin -v error -i "$1" -frames:v 1 -vf \
        "zscale=min=$2:rin=tv:m=gbr:r=full,format=gbrp,crop=1:1:20:20,format=rgb24" -f rawvideo - |
        od -An -tu1
}
# near FILM MATRIX R G B: within 3 of 255
near() {
    local found
    found=$(pixel_of "$1" "$2")
    # shellcheck disable=SC2086
    awk -v limit=3 'BEGIN { for (i = 1; i <= 3; i++) { d = ARGV[i] - ARGV[i + 3]
        if (d > limit || d < -limit) exit 1 } exit 0 }' $found "$3" "$4" "$5" ||
        fail "$1: expected $3 $4 $5, found $found"
}

# SD tagged 709, HD tagged 601, 2020: with the tag's matrix, and the tag kept
for matrix in 709:bt709:64x48 170m:smpte170m:1280x64 2020_ncl:bt2020nc:64x48; do
    IFS=: read -r filter tag size <<<"$matrix"
    make -vf "scale=${size/x/:},zscale=m=$filter:r=tv,format=yuv420p" -c:v libx264 -qp 0 -preset ultrafast \
        -colorspace "$tag" -color_range tv "in$filter.mp4"
    video "in$filter.mp4" out.mp4
    near out.mp4 "$filter" 224 80 80
    [ "$(tag_of out.mp4 color_space)" = "$tag" ] || fail "found $(tag_of out.mp4 color_space)"
done
# a look that paints one known colour comes out as that colour, by each matrix
make -vf zscale=m=170m:r=tv,format=yuv420p -c:v libx264 -qp 0 untagged.mp4
for film in in709:709 in170m:170m in2020_ncl:2020_ncl untagged:170m; do
    IFS=: read -r film filter <<<"$film"
    expect 0 "$comicgan" video --force --style tiny --ink 0 --fill 0 --paper '#3070c0:0' --crf 4 "$film.mp4" out.mp4
    near out.mp4 "$filter" 48 112 192
    [ "$(tag_of "$film.mp4" color_space)" = "$(tag_of out.mp4 color_space)" ] || fail "found $(tag_of out.mp4 color_space)"
done
# full range, in VP9, AV1 and MJPEG; VP9 of 10 bits
full=(-vf "zscale=m=170m:r=full,format=yuv420p" -color_range pc -colorspace smpte170m)
make "${full[@]}" -c:v libvpx-vp9 -lossless 1 -deadline realtime in.webm
make "${full[@]}" -c:v libaom-av1 -cpu-used 8 -crf 1 av1.mkv
make -vf format=yuvj420p -c:v mjpeg -q:v 1 in.avi
make -vf zscale=m=170m:r=tv,format=yuv420p10le -c:v libvpx-vp9 -lossless 1 -deadline realtime -colorspace smpte170m ten.webm
for film in in.webm av1.mkv in.avi ten.webm; do
    video $film out.mp4
    near out.mp4 170m 224 80 80
done
# RGB of several kinds
make -c:v libx264rgb -qp 0 in1.mkv
make -c:v ffv1 -pix_fmt gbrp in2.mkv
make -c:v qtrle -pix_fmt rgb24 in3.mov
make -c:v png in4.mov
for film in in?.m*; do
    video "$film" out.mp4
    near out.mp4 709 224 80 80
    [ "$(tag_of out.mp4 color_space)" = bt709 ] || fail "$film: found $(tag_of out.mp4 color_space)"
done
# grey
make -vf format=gray -c:v ffv1 in.mkv
video in.mkv out.mp4
near out.mp4 170m 123 123 123

# HDR: white paper (203 cd/m2) is a light grey that leaves room above, and a line says so
if ! ffmpeg -hide_banner -filters 2>/dev/null | grep -q ' zscale '; then
    echo "skipped: ffmpeg has no zscale"
    return 0
fi
for kind in smpte2084:PQ arib-std-b67:HLG; do
    IFS=: read -r transfer name <<<"$kind"
    ffmpeg -nostdin -v error -y -f lavfi -i color=white:s=64x48:r=10:d=0.2,format=gbrpf32le -vf \
        "zscale=tin=linear:pin=bt2020:t=$transfer:p=bt2020:m=2020_ncl:r=tv:npl=203,format=yuv420p10le" \
        -c:v libx264 -qp 0 -color_trc "$transfer" -color_primaries bt2020 -colorspace bt2020nc \
        -color_range tv in.mp4
    video in.mp4 out.mp4
    grep -qF "HDR ($name) was brought to BT.709" ../stderr || fail "$name: not said"
    [ "$(tag_of out.mp4 color_transfer)" = bt709 ] || fail "$name: found $(tag_of out.mp4 color_transfer)"
    grey=$(pixel_of out.mp4 709 | awk '{ print $1 }')
    if [ "$grey" -lt 195 ] || [ "$grey" -gt 240 ]; then fail "$name: white paper is $grey of 255"; fi
done

# 10 bits in the file
video --bits 10 in.webm out.mp4
[ "$(tag_of out.mp4 pix_fmt)" = yuv420p10le ] || fail "--bits 10: found $(tag_of out.mp4 pix_fmt)"
near out.mp4 170m 224 80 80

# every encoder has its tags
ffmpeg -nostdin -v error -y -f lavfi -i color=c=0xe05050:s=64x48:r=10:d=0.3 -c:v libx264 -colorspace bt709 -color_primaries bt709 \
    -color_trc bt709 tagged.mp4
for kind in h264:mp4 hevc:mp4 av1:mp4 vp9:webm ffv1:mkv prores:mov; do
    expect 0 "$comicgan" video --force --style tiny --strength 0 --codec "${kind%:*}" tagged.mp4 "out.${kind#*:}"
    found=$(ffprobe -v error -show_entries stream=color_range,color_space,color_transfer,color_primaries -of csv=p=0 "out.${kind#*:}")
    [ "$found" = tv,bt709,bt709,bt709 ] || fail "$kind: found the tags $found"
done
