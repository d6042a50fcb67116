# shellcheck shell=bash
# Folders of frames, and films by way of ffmpeg: sound and rate come along, work goes on after a
# kill, and what goes wrong leaves nothing under the final name.
: "${fixture:?}" "${comicgan:?}" "${folder:?}"

video() {
    expect 0 "$comicgan" video --style tiny "$@"
}

# ---- folders of numbered frames, which need no ffmpeg
mkdir in
for i in 1 2 3 9 10; do "$fixture" picture in/f$i.png 80 $((60)); done
echo 'not a frame' >in/notes.txt
video --frames in out
[ "$(cd out && echo *)" = 'f1.png f10.png f2.png f3.png f9.png' ] || fail "found: $(ls out)"
has_size out/f10.png '80 60'
differ in/f1.png out/f1.png
# what is there is kept, what is missing is made, with the same bytes
cp -r out before
echo kept >out/f1.png
rm out/f9.png out/f10.png
video --frames in out
[ "$(cat out/f1.png)" = kept ] || fail "a frame that was there was written over"
cmp before/f10.png out/f10.png || fail "going on gives another frame"
"$fixture" picture in/f11.png 81 60
refuse 1 'expected 80 x 60 pixels as before, found 81 x 60' video --style tiny --frames in out
[ ! -e out/f11.png ] || fail "a frame of another size was written"
refuse 2 'the same folder' video --style tiny --frames in in
mkdir none
refuse 1 'found none' video --style tiny --frames none out
refuse 2 'none; --detail' video --style tiny --frames --fast in out
# after a gap, too; --force makes all anew, but never what is read
rm in/f11.png out/f2.png
echo kept >out/f10.png
video --frames in out
[ "$(cat out/f10.png)" = kept ] || fail "a frame after a gap was written over"
cmp before/f2.png out/f2.png || fail "the gap's frame is another one"
ln -f in/f2.png out/f3.png
refuse 2 'the same file' video --style tiny --force --frames in out
[ "$(cat out/f1.png)" = kept ] || fail "a refused call wrote a frame"
rm out/f3.png
video --force --frames in out
diff -r before out || fail "--force does not make all anew"
rm -r in out before none

# ---- wrong calls
"$fixture" film in.y4m 64 48 15 420mpeg2
refuse 2 'expected IN and OUT' video --style tiny in.y4m
refuse 2 'ends in .mp4' video --style tiny in.y4m out.avi
refuse 1 'no such file or folder' video --style tiny nosuch.mp4 out.mp4
refuse 1 '--frames' video --style tiny . out.mp4
refuse 3 'nosuch' video --style nosuch in.y4m out.mp4
echo mine >mine.mp4
refuse 2 'mine.mp4 is there already; --force' video --style tiny in.y4m mine.mp4
[ "$(cat mine.mp4)" = mine ] || fail "a film was written over"
rm mine.mp4
cp in.y4m same.mp4
refuse 2 'the same file' video --style tiny --force same.mp4 ./same.mp4
rm same.mp4
without_ffmpeg() {
    PATH=$folder "$comicgan" video --style tiny in.y4m out.mp4
}
expect 1 without_ffmpeg
grep -q 'was not found on PATH' ../stderr || fail "the missing ffmpeg is not named"
nothing_but in.y4m

needs_ffmpeg || return 0

# ---- films
ffmpeg -v error -i in.y4m -f lavfi -i sine=d=1.5 -shortest -metadata title=Test -c:v mpeg4 -q:v 2 \
    -c:a aac in.mp4 </dev/null
about() {
    ffprobe -v error -show_entries stream=codec_type,width,height,r_frame_rate,nb_frames \
        -show_entries format_tags=title -of csv "$1" | sed 's/,N\/A//g' | sort
}
sound_of() {
    ffmpeg -v error -i "$1" -map 0:a -c copy -f md5 - </dev/null
}
pictures_of() {
    ffmpeg -v error -i "$1" -map 0:v -f md5 - </dev/null
}
video --part-seconds 0.25 in.mp4 out.mp4
[ "$(about in.mp4)" = "$(about out.mp4)" ] || fail "found: $(about out.mp4)"
[ "$(sound_of in.mp4)" = "$(sound_of out.mp4)" ] || fail "the sound was changed"
nothing_but in.y4m in.mp4 out.mp4
# without sound, into another kind of file, an OUT that is there
video in.y4m out.mkv
nothing_but in.y4m in.mp4 out.mp4 out.mkv

# a folder in the place of OUT.parts that is another's, or a link; a link for the job
mkdir mine.mkv.parts elsewhere
echo mine >mine.mkv.parts/list
chmod 755 mine.mkv.parts
refuse 1 'where other files lie' video --style tiny in.y4m mine.mkv
[ "$(stat -c %a mine.mkv.parts)" = 755 ] || fail "a folder with other files was closed to others"
[ "$(cat mine.mkv.parts/list)" = mine ] || fail "a foreign file was removed"
rm -r mine.mkv.parts
ln -s elsewhere mine.mkv.parts
refuse 1 'found a link' video --style tiny in.y4m mine.mkv
rm mine.mkv.parts
mkdir mine.mkv.parts
echo mine >elsewhere/mine
ln -s ../elsewhere/mine mine.mkv.parts/job
refuse 1 'mine.mkv.parts' video --style tiny in.y4m mine.mkv
[ "$(cat elsewhere/mine)" = mine ] || fail "a job was written through a link"
rm -r elsewhere mine.mkv.parts

# ---- killed after its first part and run again: the same film
"$comicgan" video --style tiny --threads 1 --part-seconds 0.2 in.mp4 whole.mp4
"$comicgan" video --style tiny --threads 1 --part-seconds 0.2 in.mp4 again.mp4 &
for _ in $(seq 600); do
    [ ! -e again.mp4.parts/part-00000.mp4 ] || break
    sleep 0.02
done
kill -9 $! 2>/dev/null || true
wait $! 2>/dev/null || true
[ -e again.mp4 ] || [ -e again.mp4.parts/part-00000.mp4 ] || fail "there was no part to go on from"
video --threads 1 --part-seconds 0.2 in.mp4 again.mp4
[ "$(pictures_of whole.mp4)" = "$(pictures_of again.mp4)" ] || fail "going on gives another film"
nothing_but in.y4m in.mp4 out.mp4 out.mkv whole.mp4 again.mp4
rm whole.mp4 again.mp4 out.mkv

# ---- no film, a damaged one, a full disk: nothing under the final name, nothing beside it
ffmpeg -v error -f lavfi -i sine=d=1 sound.m4a </dev/null
refuse 1 'expected a video, found none' video --style tiny sound.m4a new.mp4
echo text >text.mp4
refuse 1 'text.mp4' video --style tiny text.mp4 new.mp4
cp out.mp4 keep.mp4
limited() {
    ulimit -f 2
    "$comicgan" video --style tiny in.mp4 "$@"
}
for out in new.mp4 keep.mp4; do
    expect 1 limited $out --force
    grep -q "$out" ../stderr || fail "$out is not named"
done
cmp out.mp4 keep.mp4 || fail "OUT was changed by a failure"
nothing_but in.y4m in.mp4 out.mp4 keep.mp4 sound.m4a text.mp4
