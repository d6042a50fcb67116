# shellcheck shell=bash
# Films in which something is wrong, or only seems to be: what is damaged or cut off costs a line, what
# is good none, and where ffmpeg fails, its own reason is what the user reads.
: "${comicgan:?}"

needs_ffmpeg || return 0

silent() {
    video "$@"
    [ ! -s ../stderr ] || fail "expected no word: video $*"
}

# ---- good films, of which ffmpeg says something all the same
make -f lavfi -i color=red:s=64x48:r=10:d=0.5,format=rgba -vf "geq=r=255:g=0:b=0:a='if(lt(X,32),0,255)'" \
    -c:v qtrle alpha.mov
silent alpha.mov out.webm
make -f lavfi -i testsrc=s=64x48:r=25:d=2 -f lavfi -i sine=d=2 -c:v libx264 -g 25 -bf 3 -c:a libvorbis good.mkv
silent --start 1.3 good.mkv out.mkv
silent --start 1.3 --duration 0.3 good.mkv out.mkv
make -i good.mkv -c:v copy -c:a mp2 good.ts
silent --start 0.7 good.ts out.mkv
# its last frame is shown for four seconds
make -i good.mkv -an -c copy -bsf:v "setts=duration='if(eq(N,49),4000,DURATION)'" long.mp4
silent long.mp4 out.mp4
silent --duration 3 long.mp4 out.mp4

# ---- films that are cut off, in the same words wherever one begins
make -f lavfi -i testsrc=s=64x48:r=10:d=2 -c:v libx264 -g 1 -movflags faststart whole.mp4
make -i whole.mp4 -c copy whole.mkv
make -i whole.mp4 -c copy whole.flv
for ending in mp4 mkv flv; do
    head -c $(($(wc -c <whole.$ending) * 6 / 10)) whole.$ending >cut.$ending
    video cut.$ending out.mp4
    says "comicgan: warning: cut.$ending: is cut off: its last "
    mv ../stderr ../before
    video --start 0.5 cut.$ending out.mp4
    cmp ../before ../stderr || fail "with --start: $(cat ../stderr), without: $(cat ../before)"
    refuse 1 "reading cut.$ending: " video --style tiny --start 1.8 cut.$ending new.mp4
done
refuse 1 'whole.mp4: it has no frames from --start on' video --style tiny --start 7 whole.mp4 new.mp4
# and one that is damaged: noise in its middle
cp whole.mp4 noise.mp4
dd if=/dev/zero of=noise.mp4 bs=1 seek=$(($(wc -c <whole.mp4) / 2)) count=2000 conv=notrunc 2>/dev/null
video noise.mp4 out.mp4
says 'noise.mp4: is damaged: ['

# ---- refused before the first frame: an encoder that fails, while much of the film is still to be read
make -f lavfi -i testsrc=s=640x480:r=25:d=1 -c:v libx264 -preset ultrafast large.mp4
mkdir bin
cat >bin/ffmpeg <<END
#!/bin/bash
for word; do
    if [ "\$word" = libx265 ]; then
        printf 'x265 [info]: a library\n[libx265 @ 0x1] the reason\nand what follows from it\n' >&2
        exit 1
    fi
done
exec $(command -v ffmpeg) "\$@"
END
chmod +x bin/ffmpeg
failing() {
    PATH=$PWD/bin:$PATH "$comicgan" video --style tiny --codec hevc --part-seconds 0.1 large.mp4 'w%d.mp4'
}
expect 1 failing
says 'comicgan: writing w%d.mp4: ffmpeg failed: [libx265 @ 0x1] the reason'
[ "$(wc -l <../stderr)" -eq 1 ] || fail "expected one line"
if [ -e w%d.mp4 ] || [ -e w%d.mp4.parts ]; then fail "something is left of a refused film"; fi
