"""Photographs into comics: libcomicgan for Python, by ctypes and, where it is there, numpy.

    import comicgan
    engine = comicgan.Engine("comic")
    engine.convert_file("photo.jpg", "comic.png", line=1.5)
    comic = engine.convert(array, colors=8)        # numpy in, numpy out
    rows = engine.convert_bytes(rgb, width, height, channels=3)

An array is uint8 of height x width (grey), height x width x 3 or height x width x 4; the comic is a
new one of the same shape. On the command line: python3 comicgan.py photo.jpg comic.png
"""

import ctypes
import ctypes.util
import os
import sys

_lib = ctypes.CDLL(os.environ.get("LIBCOMICGAN") or ctypes.util.find_library("comicgan")
                   or "libcomicgan.so.0")


class _Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("text", ctypes.c_char * 640)]


class _Pixels(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("width", ctypes.c_int), ("height", ctypes.c_int),
                ("channels", ctypes.c_int), ("stride", ctypes.c_size_t)]


_Progress = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_double)
_P, _S, _I = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
_R = ctypes.POINTER(_P)  # where a new object goes

# name: what it returns ("" a status, with a struct cg_error as the last argument), its arguments
_FUNCTIONS = {
    "cg_version": (_S,),
    "cg_status_name": (_S, _I),
    "cg_engine_open": ("", _S, _R),
    "cg_engine_free": (None, _P),
    "cg_render_params_create": ("", _P, _R),
    "cg_render_params_free": (None, _P),
    "cg_render_params_name": (_S, ctypes.c_size_t, _P, _P),
    "cg_render_params_set": ("", _P, _S, ctypes.c_double),
    "cg_render_params_set_paper": ("", _P, _S),
    "cg_session_create": ("", _P, _I, _R),
    "cg_session_free": (None, _P),
    "cg_session_set_progress": (None, _P, _Progress, _P),
    "cg_session_convert": ("", _P, _Pixels, _P),
    "cg_picture_read": ("", _S, ctypes.c_uint, _R),
    "cg_picture_pixels": (_Pixels, _P),
    "cg_picture_write": ("", _P, _S, _I),
    "cg_picture_free": (None, _P),
}
for _name, (_result, *_arguments) in _FUNCTIONS.items():
    _function = getattr(_lib, _name)
    _function.restype = _I if _result == "" else _result
    _function.argtypes = _arguments + ([ctypes.POINTER(_Error)] if _result == "" else [])


class Error(Exception):
    """What the library says when it fails; kind is "io", "format", "model" ..."""

    def __init__(self, error):
        super().__init__(error.text.decode(errors="replace"))
        self.kind = _lib.cg_status_name(error.status).decode()


def _call(name, *arguments):
    error = _Error()
    if getattr(_lib, name)(*arguments, ctypes.byref(error)) != 0:
        raise Error(error)


def _make(name, *arguments):
    made = _P()
    _call(name, *arguments, ctypes.byref(made))
    return made


def version():
    return _lib.cg_version().decode()


def looks():
    """The names of the looks that are a number; beside them there is paper, a text."""
    names, name = [], _lib.cg_render_params_name(0, None, None)
    while name is not None:
        names.append(name.decode())
        name = _lib.cg_render_params_name(len(names), None, None)
    return names


class Engine:
    """A style, by name or path, and one session on it: for one thread at a time.

    Looks are given by name, with _ for -; progress, if given, is called with 0 to 1 and returns
    True to go on.
    """

    def __init__(self, style="comic", threads=0):
        self._engine = self._session = None
        self._engine = _make("cg_engine_open", os.fsencode(style))
        self._session = _make("cg_session_create", self._engine, threads)

    def __del__(self):
        _lib.cg_session_free(self._session)
        _lib.cg_engine_free(self._engine)

    def _convert(self, pixels, progress, wanted):
        params = _make("cg_render_params_create", self._engine)
        watch = _Progress(lambda _, done: not progress(done)) if progress else _Progress()
        try:
            for name, value in wanted.items():
                if name == "paper":
                    _call("cg_render_params_set_paper", params, value.encode())
                else:
                    _call("cg_render_params_set", params, name.replace("_", "-").encode(), value)
            _lib.cg_session_set_progress(self._session, watch, None)
            _call("cg_session_convert", self._session, pixels, params)
        finally:
            _lib.cg_session_set_progress(self._session, _Progress(), None)
            _lib.cg_render_params_free(params)

    def convert(self, array, progress=None, **wanted):
        """The comic of a numpy array."""
        import numpy
        comic = numpy.array(array, dtype=numpy.uint8, order="C")
        height, width, channels = comic.shape if comic.ndim == 3 else comic.shape + (1,)
        pixels = _Pixels(comic.ctypes.data, width, height, channels, 0)
        self._convert(pixels, progress, wanted)
        return comic

    def convert_bytes(self, rows, width, height, channels=3, progress=None, **wanted):
        """The comic, a bytearray, of rows of pixels without gaps."""
        comic = bytearray(rows)
        if width < 1 or height < 1 or len(comic) != width * height * channels:
            raise ValueError(f"expected {width} x {height} x {channels} bytes, got {len(comic)}")
        memory = (ctypes.c_char * len(comic)).from_buffer(comic)
        pixels = _Pixels(ctypes.addressof(memory), width, height, channels, 0)
        self._convert(pixels, progress, wanted)
        return comic

    def convert_file(self, photo, comic, quality=0, progress=None, **wanted):
        """From file to file, as the program does it, EXIF kept; comic is written over."""
        picture = _make("cg_picture_read", os.fsencode(photo), 2)
        try:
            self._convert(_lib.cg_picture_pixels(picture), progress, wanted)
            _call("cg_picture_write", picture, os.fsencode(comic), quality)
        finally:
            _lib.cg_picture_free(picture)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: comicgan.py PHOTO COMIC")
    Engine().convert_file(sys.argv[1], sys.argv[2], line=1.5)
