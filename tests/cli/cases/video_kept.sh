# shellcheck shell=bash
# What is kept of a film beside its pictures, and what cannot be and is said.
: "${comicgan:?}" "${fixture:?}"

needs_ffmpeg || return 0

# ---- languages, titles, defaults, covers, phones' fields, subtitles
make -f lavfi -i testsrc=s=64x48:r=10:d=1 -c:v libx264 -c:a aac plain.mp4
"$fixture" picture cover.png 32 32
printf '1\n00:00:00,000 --> 00:00:00,500\nHello\n' >words.srt
make -f lavfi -i testsrc=s=64x48:r=10:d=1 -f lavfi -i sine=d=1 -f lavfi -i sine=d=1:f=880 -i words.srt \
    -i cover.png -map 0 -map 1 -map 2 -map 3 -map 4 -c:v:0 libx264 -c:v:1 png -c:a aac -c:s mov_text \
    -disposition:v:1 attached_pic -metadata:s:a:0 language=fra -metadata:s:a:1 language=deu \
    -disposition:a:0 0 -disposition:a:1 default -metadata title=Name full.mp4
video full.mp4 out.mp4
[ ! -s ../stderr ] || fail "expected no word"
for entry in stream=codec_type stream_tags=language stream_disposition=default,attached_pic \
    format_tags=title; do
    [ "$(shows "$entry" full.mp4)" = "$(shows "$entry" out.mp4)" ] ||
        fail "$entry: expected $(shows "$entry" full.mp4), found $(shows "$entry" out.mp4)"
done
video full.mp4 out.mkv
shows stream_tags=language out.mkv | grep -q 'fra.*deu' ||
    fail "into mkv: found $(shows stream_tags=language out.mkv)"
shows stream_disposition=attached_pic out.mkv | grep -q 1 || fail "into mkv: the cover is lost"
video full.mp4 out.webm
says 'sound had to be encoded anew'
says 'the cover does not go into this kind of file'
make -i plain.mp4 -c copy -movflags use_metadata_tags -metadata com.apple.quicktime.make=Maker phone.mov
video phone.mov out.mov
[ "$(shows format_tags=com.apple.quicktime.make out.mov)" = 'Maker ' ] || fail "a phone's field is lost"

# ---- chapters, fonts, further films, subtitles that are pictures
printf ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/10\nSTART=0\nEND=4\ntitle=One\n[CHAPTER]\nTIMEBASE=1/10\nSTART=4\nEND=10\ntitle=Two\n' \
    >chapters.txt
printf 'a font' >some.ttf
for _ in 1 2 3; do # what PGS has to say of no picture at all
    printf 'PG\0\0\1\0\0\0\0\0\26\0\13\0\100\0\60\20\0\1\200\0\0\0PG\0\0\1\0\0\0\0\0\200\0\0'
done >words.sup
make -i plain.mp4 -i plain.mp4 -i chapters.txt -f sup -i words.sup -map 0 -map 1 -map 3 -map_metadata 2 -c copy \
    -attach some.ttf -metadata:s:t mimetype=application/x-truetype-font -metadata:s:t filename=some.ttf many.mkv
for out in many.mp4 kept.mkv kept.webm many.mov; do
    video many.mkv "$out"
    says "$out: streams of data, and videos but the first, were left out"
    found=$(ffprobe -v error -show_chapters -of csv=p=0 "$out" | cut -d , -f 4,6,7)
    [ "$found" = "$(ffprobe -v error -show_chapters -of csv=p=0 many.mkv | cut -d , -f 4,6,7)" ] ||
        fail "$out: found the chapters $found"
    case $out in
    kept.mkv) shows stream=codec_type "$out" | grep -q 'subtitle.*attachment' || fail "mkv: subtitles or font are lost" ;;
    *)
        says "$out: fonts do not go into this kind of file"
        says "$out: subtitles do not go into this kind of file"
        ;;
    esac
done
video many.mkv out.gif
says 'chapters'

# ---- surround sound into WebM
make -f lavfi -i testsrc=s=64x48:r=10:d=0.5 -f lavfi -i 'sine=d=0.5,aformat=channel_layouts=5.1(side)' \
    -c:v libx264 -c:a ac3 surround.mkv
video surround.mkv out.webm
[ "$(shows stream=channels out.webm | tr -d ' ')" = 6 ] ||
    fail "found channels: $(shows stream=channels out.webm)"

# ---- transparency: kept where it can be, laid on white where not
make -f lavfi -i color=red:s=64x48:r=10:d=0.3,format=rgba -vf "geq=r=255:g=0:b=0:a='if(lt(X,32),0,255)'" \
    -c:v qtrle alpha.mov
alpha_of() { # FILM [DECODER]: at the left and at the right
    local decoder=()
    [ $# -lt 2 ] || decoder=(-c:v "$2")
    ffmpeg -nostdin -v error "${decoder[@]}" -i "$1" -frames:v 1 -vf \
        'format=rgba,alphaextract,scale=2:1:flags=area' -pix_fmt gray -f rawvideo - | od -An -tu1
}
for out in alpha.webm:libvpx-vp9 out.mov:prores alpha.gif:gif; do
    video alpha.mov "${out%%:*}"
    [ ! -s ../stderr ] || fail "expected no word"
    # shellcheck disable=SC2046
    awk 'BEGIN { exit !(ARGV[1] < 20 && ARGV[2] > 235) }' $(alpha_of "${out%%:*}" "${out##*:}") ||
        fail "${out%%:*}: found the alpha $(alpha_of "${out%%:*}" "${out##*:}")"
done
video alpha.mov alpha.webp
grep -q ALPH alpha.webp || fail "WebP has lost its transparency"
video alpha.mov out.mp4
says 'transparency does not go into this kind of file and was laid on white'
ffmpeg -nostdin -v error -i out.mp4 -frames:v 1 -vf crop=2:2:4:4 -pix_fmt gray -f rawvideo - | od -An -tu1 |
    awk '{ exit !($1 > 225) }' || fail "what was transparent is not white"

# from a later frame on: kept all the same
make -f lavfi -i color=red:s=64x48:r=10:d=0.5,format=rgba -vf "geq=r=255:g=0:b=0:a='if(lt(X,32)*gt(N,2),0,255)'" \
    -c:v qtrle late.mov
video late.mov late.webm
ffmpeg -nostdin -v error -c:v libvpx-vp9 -ss 0.4 -i late.webm -frames:v 1 -vf 'alphaextract,crop=1:1:4:4' \
    -pix_fmt gray -f rawvideo - | od -An -tu1 | awk '{ exit !($1 < 20) }' || fail "late.webm: transparency is lost"
make -f lavfi -i color=red:s=64x48:r=10:d=0.3,format=rgba -c:v qtrle opaque.mov
video opaque.mov out.mp4
[ ! -s ../stderr ] || fail "expected no word"

# ---- sound that a kind of file accepts, but that nothing reads from there
make -f lavfi -i testsrc=s=64x48:r=10:d=0.5 -f lavfi -i sine=d=0.5 -c:v libx264 -c:a wmav2 sound.mkv
video sound.mkv out.mov
says 'out.mov: sound had to be encoded anew'
[ "$(shows stream=codec_name out.mov)" = 'h264 aac ' ] || fail "found $(shows stream=codec_name out.mov)"
video sound.mkv out.mkv
[ "$(shows stream=codec_name out.mkv)" = 'h264 wmav2 ' ] || fail "found $(shows stream=codec_name out.mkv)"

# ---- metadata that a kind of file does not hold
make -i sound.mkv -c copy -metadata title=Name -metadata artist=Who -metadata mood=Blue -metadata location=+48.1+011.5/ \
    tags.mkv
video tags.mkv out.mkv
[ ! -s ../stderr ] || fail "expected no word"
shows format_tags=mood out.mkv | grep -q Blue || fail "mkv: a tag is lost"
video tags.mkv out.mp4
says 'out.mp4: metadata does not go into this kind of file: MOOD'
[ "$(shows format_tags=title,artist out.mp4)" = 'Name,Who ' ] || fail "mp4: a tag is lost"
video tags.mkv out.gif
says 'this kind of file: title'

# ---- a frame that equals the one before: the same again, and less work than a new one
make -f lavfi -i testsrc=s=64x48:r=10:d=0.1 -vf loop=loop=9:size=1 -c:v ffv1 still.mkv
video --stability 0.75 --codec ffv1 still.mkv out.mkv
[ "$(ffmpeg -nostdin -v error -i out.mkv -f framemd5 - | awk -F, '!/^#/ { print $6 }' | sort -u | wc -l)" -eq 1 ] ||
    fail "frames that are equal have become different ones"
