# shellcheck shell=bash
# Films into files of all names, kinds and codecs, several in one call, and films that lead to others.
: "${comicgan:?}"

needs_ffmpeg || return 0

make -f lavfi -i testsrc=s=64x48:r=10:d=1 -c:v libx264 plain.mp4
make -i plain.mp4 -c copy other.mkv

# ---- names
for name in '12:30.mp4' 'a*b?.mkv' 'x[1]#2 %03d.webm' "it's.mov" '-a.mp4' 'x%d.gif'; do
    case $name in *.webm) codec=vp9 ;; *.gif) codec=gif ;; *) codec=h264 ;; esac
    video --codec "$codec" -- plain.mp4 "./$name"
    [ -s "./$name" ] || fail "$name is not there"
    rm "./$name"
done
cp plain.mp4 'in: %d?.mp4'
video 'in: %d?.mp4' 'out: %d?.mp4'
video plain.mp4 $'tab\t\e.mp4'
refuse 2 'expected a name in one line' video --style tiny plain.mp4 $'line\nbreak.mp4'
refuse 2 'expected a name in one line' video --style tiny plain.mp4 $'line\rbreak.gif'

# ---- other kinds of files, codecs, several films
video plain.mp4 anim.webp
grep -q ANMF anim.webp || fail "WebP that moves was not made"
video --codec hevc --crf 30 plain.mp4 out.mp4
[ "$(shows stream=codec_name out.mp4)" = 'hevc ' ] || fail "found $(shows stream=codec_name out.mp4)"
make -f lavfi -i testsrc=s=35x49:r=10:d=0.2 -c:v libx264 -pix_fmt yuv444p odd.mp4
for kind in plain:mp4 odd:mp4 odd:mkv odd:webm; do
    film=${kind%:*}.mp4 out=w%d.${kind#*:}
    video --codec av1 "$film" "$out"
    [ "$(shows stream=codec_name,width,height "$out")" = \
        "$(shows stream=codec_name,width,height "$film" | sed s/h264/av1/)" ] ||
        fail "--codec av1, $kind: found $(shows stream=codec_name,width,height "$out")"
done
for kind in h264:mp4 hevc:mov vp9:webm av1:mkv prores:mov; do
    video --codec "${kind%:*}" --bits 10 plain.mp4 "out.${kind#*:}"
    shows stream=pix_fmt "out.${kind#*:}" | grep -q 'p1[02]le' || fail "$kind, 10 bits: found $(shows stream=pix_fmt "out.${kind#*:}")"
done
video --crf 10 plain.mp4 fine.mp4
video --crf 45 plain.mp4 coarse.mp4
[ "$(stat -c %s coarse.mp4)" -lt "$(stat -c %s fine.mp4)" ] || fail "--crf does nothing"
refuse 2 'expected one of the codecs' video --force --style tiny --codec vp9 plain.mp4 out.mov
refuse 2 '--crf' video --force --style tiny --crf 60 plain.mp4 out.mp4
refuse 2 'expected 8 or 10' video --force --style tiny --bits 9 plain.mp4 out.mp4
expect 1 "$comicgan" video --force --style tiny plain.mp4 nosuch.mp4 other.mkv many
[ "$(cd many && echo *)" = 'other.mkv plain.mp4' ] || fail "found: $(ls many)"
echo mine >many/other.mkv
rm many/plain.mp4
refuse 2 'many/other.mkv is there already; --force' video --style tiny plain.mp4 other.mkv many
[ "$(cd many && echo *)" = other.mkv ] || fail "an OUT that was there did not stop all: $(ls many)"
[ "$(cat many/other.mkv)" = mine ] || fail "a film was written over"
mkdir other
cp plain.mp4 other
refuse 2 'would both become' video --force --style tiny plain.mp4 other/plain.mp4 many

# ---- what leads to other files
printf 'ffconcat version 1.0\nfile plain.mp4\n' >list.mp4
refuse 1 'which leads to other files' video --force --style tiny list.mp4 new.mp4
printf '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nplain.mp4\n#EXT-X-ENDLIST\n' >list.m3u8
refuse 1 'which leads to other files' video --force --style tiny list.m3u8 new.mp4
printf 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n' \
    >list.sdp
refuse 1 'list.sdp' video --force --style tiny list.sdp new.mp4
