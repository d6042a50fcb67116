"""Photographs into comics: libcomicgan for Python, by ctypes and nothing else.

    import comicgan
    engine = comicgan.Engine("comic")
    comic = engine.convert(rgb, width, height, line=1.5)   # bytes in, bytes out

rgb is height * width * 3 bytes: bytes, a bytearray, a numpy array of uint8 (numpy.frombuffer makes
one of the result). On the command line: python3 comicgan.py <photo.ppm >comic.ppm
"""

import ctypes
import ctypes.util
import os
import sys

_lib = ctypes.CDLL(os.environ.get("LIBCOMICGAN") or ctypes.util.find_library("comicgan")
                   or "libcomicgan.so.0")


class _Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("text", ctypes.c_char * 640)]


class _Mask(ctypes.Structure):
    _fields_ = [("width", ctypes.c_int), ("height", ctypes.c_int), ("pixels", ctypes.c_void_p)]


class Looks(ctypes.Structure):
    """struct cg_render_params; comicgan.h says what each field does."""

    _fields_ = [("detail_px", ctypes.c_int), ("ink", ctypes.c_float), ("line", ctypes.c_float),
                ("smooth", ctypes.c_float), ("saturation", ctypes.c_float),
                ("contrast", ctypes.c_float), ("colors", ctypes.c_int), ("fill", ctypes.c_float),
                ("hatch", ctypes.c_float), ("halftone", ctypes.c_float),
                ("halftone_dots", ctypes.c_int), ("paper", ctypes.c_float * 3),
                ("grain", ctypes.c_float), ("strength", ctypes.c_float), ("mask", _Mask),
                ("feather", ctypes.c_float)]


_void_p, _error_p = ctypes.c_void_p, ctypes.POINTER(_Error)
_lib.cg_version.restype = ctypes.c_char_p
_lib.cg_engine_open.argtypes = [ctypes.c_char_p, ctypes.POINTER(_void_p), _error_p]
_lib.cg_engine_render_params.argtypes = [_void_p]
_lib.cg_engine_render_params.restype = Looks
_lib.cg_engine_free.argtypes = [_void_p]
_lib.cg_engine_free.restype = None
_lib.cg_session_create.argtypes = [_void_p, ctypes.c_int, ctypes.POINTER(_void_p), _error_p]
_lib.cg_session_convert.argtypes = [_void_p, _void_p, ctypes.c_int, ctypes.c_int,
                                    ctypes.POINTER(Looks), _error_p]
_lib.cg_session_free.argtypes = [_void_p]
_lib.cg_session_free.restype = None


class Error(Exception):
    """What the library says when it fails."""


def _call(function, *arguments):
    error = _Error()
    if function(*arguments, ctypes.byref(error)) != 0:
        raise Error(error.text.decode(errors="replace"))


def version():
    return _lib.cg_version().decode()


class Engine:
    """A style, by name or path, and one session on it: for one thread at a time."""

    def __init__(self, style="comic", threads=0):
        self._engine, self._session = _void_p(), _void_p()
        _call(_lib.cg_engine_open, os.fsencode(style), ctypes.byref(self._engine))
        _call(_lib.cg_session_create, self._engine, threads, ctypes.byref(self._session))

    def __del__(self):
        _lib.cg_session_free(self._session)
        _lib.cg_engine_free(self._engine)

    def convert(self, rgb, width, height, **looks):
        """The comic of a picture, as a bytearray; looks by the names of Looks' fields."""
        pixels = bytearray(rgb)
        if width < 1 or height < 1 or len(pixels) != 3 * width * height:
            raise ValueError(f"expected {width} x {height} x 3 bytes, got {len(pixels)}")
        wanted = _lib.cg_engine_render_params(self._engine)
        for name, value in looks.items():
            if name not in dict(Looks._fields_):
                raise TypeError(f"there is no look called {name}")
            setattr(wanted, name, value)
        buffer = (ctypes.c_char * len(pixels)).from_buffer(pixels)
        _call(_lib.cg_session_convert, self._session, buffer, width, height, ctypes.byref(wanted))
        return pixels


def _main():
    magic, size, most = (sys.stdin.buffer.readline().split() for _ in range(3))
    if magic != [b"P6"] or most != [b"255"]:
        sys.exit("expected a PPM picture (P6, 255)")
    width, height = map(int, size)
    comic = Engine().convert(sys.stdin.buffer.read(), width, height, line=1.5)
    sys.stdout.buffer.write(b"P6\n%d %d\n255\n" % (width, height) + comic)


if __name__ == "__main__":
    _main()
