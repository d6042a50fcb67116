# shellcheck shell=bash
# Films keep time: a beep stays where it was after its flash in every kind of file, frames keep their
# times, and start, length and rate can be chosen.
: "${comicgan:?}"

needs_ffmpeg || return 0

within() { # VALUE LOW HIGH
    [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}
times_of() {
    ffprobe -v error -select_streams v:0 -show_entries packet=pts_time -of csv=p=0 "$1" | sort -n |
        tr -d , | tr '\n' ' '
}

# ---- sound and picture: milliseconds from the flash to the beep
flash="color=black:s=32x32:r=25:d=1.2,drawbox=c=white:t=fill:enable='between(t,0.3,0.339)'"
beep="aevalsrc='if(between(t,0.68,0.76),0.8*sin(6283*t),0)':d=1.2:s=44100"
offset() {
    local seen heard
    seen=$(ffmpeg -nostdin -v error -copyts -i "$1" -map 0:v:0 -vf \
        'signalstats,metadata=select:key=lavfi.signalstats.YAVG:value=100:function=greater,metadata=print:file=-' \
        -f null - | sed -n 's/.*pts_time:\([-0-9.]*\).*/\1/p' | head -n 1)
    heard=$(ffmpeg -nostdin -hide_banner -copyts -i "$1" -map 0:a:0 -af silencedetect=n=-30dB:d=0.02 \
        -f null - 2>&1 | sed -n 's/.*silence_end: \([-0-9.]*\).*/\1/p' | head -n 1)
    awk "BEGIN { printf \"%d\", 1000 * (${heard:-0} - ${seen:-9}) }"
}
for kind in ts:mpeg2video:mp2 mts:libx264:ac3 mpg:mpeg2video:mp2 vob:mpeg2video:ac3 mkv:libx264:aac \
    mp4:libx264:aac mov:mpeg4:aac webm:libvpx:libopus avi:mpeg4:mp3; do
    IFS=: read -r ending codec sound <<<"$kind"
    muxer=()
    [ "$ending" != mts ] || muxer=(-f mpegts)
    make -f lavfi -i "$flash" -f lavfi -i "$beep" -c:v "$codec" -g 12 -c:a "$sound" "${muxer[@]}" "in.$ending"
    video "in.$ending" out.mkv
    before=$(offset "in.$ending") after=$(offset out.mkv)
    within "$after" $((before - 40)) $((before + 40)) ||
        fail "$ending: the beep was $before ms after its flash and is $after ms"
    [ "$before" -gt 300 ] || fail "$ending: the beep of the original was not found: $before"
done
# out of another kind of file and into all others
for ending in mp4 mov webm; do
    video in.ts "out.$ending"
    after=$(offset "out.$ending")
    within "$after" 340 420 || fail "into $ending: the beep is $after ms after"
done

# ---- a changing rate: the times of frames; frames that are the same are there as often as before
make -f lavfi -i testsrc=s=32x32:r=10:d=1 -vf "select='eq(n,0)+eq(n,3)+eq(n,4)+eq(n,9)'" \
    -fps_mode vfr -enc_time_base 1/1000 -c:v libx264 changing.mp4
video changing.mp4 out.mp4
[ "$(times_of changing.mp4)" = "$(times_of out.mp4)" ] || fail "found the times $(times_of out.mp4)"
video --part-seconds 0.1 changing.mp4 out.mp4
[ "$(times_of changing.mp4)" = "$(times_of out.mp4)" ] || fail "in parts: $(times_of out.mp4)"

# the last frame is shown as long as the others
make -f lavfi -i testsrc2=s=160x120:r=30:d=1 -vf "select='eq(n,0)+eq(n,3)+eq(n,4)+eq(n,19)'" -fps_mode passthrough \
    uneven.mp4
video uneven.mp4 uneven.gif
[ "$(times_of uneven.gif)" = '0.000000 0.100000 0.130000 0.630000 ' ] || fail "uneven.gif: found $(times_of uneven.gif)"
video uneven.mp4 uneven.webp
# a chunk ANMF: 8 bytes of head, 12 of place and size, 3 of duration
found=$(grep -abo ANMF uneven.webp | cut -d : -f 1 | head -n 3 | while read -r at; do
    od -An -tu1 -j $((at + 20)) -N 2 uneven.webp | awk '{ print $1 + 256 * $2 }'
done | xargs)
[ "$found" = '100 33 500' ] || fail "uneven.webp: found frames of $found ms"

make -f lavfi -i testsrc=s=32x32:r=1:d=3 slow.gif
for out in slow.mp4 slow.webm again.gif; do
    video slow.gif "$out"
    ffprobe -v error -show_entries format=duration -of csv=p=0 "$out" | grep -q '^3\.0' ||
        fail "$out: expected 3 s, found $(ffprobe -v error -show_entries format=duration -of csv=p=0 "$out")"
done

# ---- a piece of a film, and fewer frames
make -f lavfi -i testsrc=s=32x32:r=10:d=2 -c:v libx264 in.mp4
video --start 0:0.5 --duration 1 in.mp4 out.mp4
[ "$(times_of out.mp4 | wc -w)" -eq 10 ] || fail "--duration 1: found frames at $(times_of out.mp4)"
video --fps 5 in.mp4 out.mp4
[ "$(times_of out.mp4 | cut -d ' ' -f 1-3)" = '0.000000 0.200000 0.400000' ] ||
    fail "--fps 5: found frames at $(times_of out.mp4)"
refuse 2 'expected seconds or' video --start 1:75 in.mp4 new.mp4
refuse 2 'expected a rate' video --fps 0 in.mp4 new.mp4

# ---- interlaced DV, which does not say so, comes out with whole frames; PAL and NTSC
like() { # how much the comic looks like the original behind a filter, in tenths of dB
    ffmpeg -nostdin -hide_banner -i out.mp4 -i fields.dv -lavfi "[1:v]$1[in];[0:v][in]psnr" -f null - 2>&1 |
        sed -n 's/.*average:\([0-9]*\)\.\([0-9]\).*/\1\2/p'
}
for system in 576:50:yuv420p 480:60000/1001:yuv411p; do
    IFS=: read -r height rate pixels <<<"$system"
    make -f lavfi -i "testsrc=s=720x$height:r=$rate:d=0.2" -vf tinterlace=interleave_bottom,fieldorder=bff \
        -c:v dvvideo -pix_fmt "$pixels" -flags +ildct+ilme fields.dv
    video --detail 64 fields.dv out.mp4
    [ "$(like bwdif=mode=send_frame)" -gt $(($(like null) + 10)) ] ||
        fail "$height lines: the fields are left: $(like null) from the original, $(like bwdif=mode=send_frame) from whole frames"
done
