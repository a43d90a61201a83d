"""All threads of the UI share one heap where the C library is glibc; any other is left alone."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys
from types import SimpleNamespace

import pytest

from lpc_tui.tui.heap import share_heap

_HEAPS = """
import ctypes, os, sys, tempfile, threading
from lpc_tui.tui.heap import share_heap
if sys.argv[1] == "shared":
    assert share_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
for _ in range(3):
    thread = threading.Thread(target=libc.malloc, args=(1000,))
    thread.start()
    thread.join()
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(file.read().count(b"<heap "))
"""


def heaps(how: str) -> int:
    ran = subprocess.run([sys.executable, "-c", _HEAPS, how], capture_output=True, text=True, check=True)
    return int(ran.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has a heap a thread")
def test_threads_have_no_heaps_of_their_own() -> None:
    assert heaps("apart") > 1
    assert heaps("shared") == 1


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def mallopt(option: int, value: int) -> int:
        asked.append((option, value))
        return 1

    for library in (SimpleNamespace(), SimpleNamespace(mallopt=mallopt)):
        monkeypatch.setattr(ctypes, "CDLL", lambda _, library=library: library)
        assert not share_heap()
    assert asked == []


def test_it_can_do_without_ctypes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ctypes", None)
    assert not share_heap()
