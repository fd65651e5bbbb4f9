"""What the Linux kernel takes away from a child that parses files of strangers.

No network (an empty network namespace), no new processes, no new programs, no sockets (a seccomp filter), death with
the parent. Each step is best effort: a kernel or container that forbids one leaves the others standing, and
`confine` tells which hold. On other systems only the resource limits of `child` apply.

Sources: seccomp(2), unshare(2), prctl(2); system call numbers from the kernel's tables for x86-64 and arm64.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys

__all__ = ["confine", "die_with_parent"]

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_CLONE_THREAD = 0x00010000

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _EPERM, _ENOSYS, _KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FIRST_ARGUMENT = 0, 4, 16

# machine -> (audit architecture, clone, clone3, {denied system calls})
_TABLES = {
    "x86_64": (
        0xC000003E,
        56,
        435,
        # socket socketpair fork vfork execve execveat ptrace setsid setpgid io_uring_setup process_vm_writev
        (41, 53, 57, 58, 59, 322, 101, 112, 109, 425, 311),
    ),
    "aarch64": (0xC00000B7, 220, 435, (198, 199, 221, 281, 117, 157, 154, 425, 271)),
}


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when the thread that started it ends; exit if it already has."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)


def confine() -> tuple[str, ...]:
    """Take network, processes and programs away for good; return the names of the measures that hold."""
    if sys.platform != "linux":
        return ()
    libc, held = _libc(), []
    if libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        held.append("network")
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # no core file with a document in it
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        held.append("privileges")
        program = _filter(platform.machine())
        if program is not None and libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0:
            held.append("system calls")
    return tuple(held)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _filter(machine: str) -> _Program | None:
    """Return the filter: denied calls fail with EPERM, clone only makes threads, clone3 is unknown (glibc copes)."""
    table = _TABLES.get(machine)
    if table is None:
        return None
    architecture, clone, clone3, denied = table
    code = [
        (_LOAD, 0, 0, _AT_ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _AT_NUMBER),
    ]
    for number in denied:
        code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _EPERM)]
    code += [
        (_EQUAL, 0, 1, clone3),
        (_RETURN, 0, 0, _ENOSYS),
        (_EQUAL, 0, 3, clone),
        (_LOAD, 0, 0, _AT_FIRST_ARGUMENT),
        (_ANY_BIT, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    instructions = (_Instruction * len(code))(*(_Instruction(*step) for step in code))
    return _Program(len(code), instructions)
