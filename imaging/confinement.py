"""What a process that draws strangers' files is held to: no sockets, no programs, bounded memory and time."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_FILTER_FLAG_TSYNC = 1  # the threads that libraries have started by now, too

# By machine: its audit architecture, its number of seccomp; of socket, connect, socketpair, execve, execveat.
_CALLS = {
    "x86_64": (0xC000003E, 317, (41, 42, 53, 59, 322)),
    "aarch64": (0xC00000B7, 277, (198, 203, 199, 221, 281)),
}

# Classic BPF, as the kernel reads it: operation, jump if true, jump if false, operand.
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4  # in struct seccomp_data
_FOREIGN_NUMBERS = 0x40000000  # x32: the same calls by other numbers
_ALLOW = 0x7FFF0000
_FAIL = 0x00050000 | errno.EPERM

_LIBC = ctypes.CDLL(None, use_errno=True)


def confine(parent: int, memory: int) -> None:
    """Hold this process, for good, to *memory* bytes of address space and to its *parent*'s life.

    It opens no socket and starts no program any more. Signals that ask to stop are the parent's business: it
    waits for the item in hand and then closes the line.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _refuse_sockets_and_programs()
    if os.getppid() != parent:  # it died before we could ask to die with it
        raise SystemExit(1)


def allow_cpu(seconds: float) -> None:
    """Let this process use *seconds* more of CPU time; then the kernel ends it by SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1  # whole seconds are all the kernel takes
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _refuse_sockets_and_programs() -> None:
    architecture, seccomp, refused = _CALLS[platform.machine()]
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_IF_EQUAL, 0, len(refused) + 3, architecture),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_IF_AT_LEAST, len(refused) + 1, 0, _FOREIGN_NUMBERS),
        *((_JUMP_IF_EQUAL, len(refused) - position, 0, call) for position, call in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _FAIL),
    ]
    steps = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    descriptor = struct.pack("@HP", len(program), ctypes.addressof(steps))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _check(
        "seccomp", _LIBC.syscall(seccomp, _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC, descriptor)
    )


def _prctl(option: int, value: int) -> None:
    _check("prctl", _LIBC.prctl(option, ctypes.c_ulong(value), *[ctypes.c_ulong(0)] * 3))


def _check(call: str, result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{call}: {os.strerror(code)}")
