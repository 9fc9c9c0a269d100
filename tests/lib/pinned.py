"""Runs a command beside a pinned BPF map: /sys/fs/bpf/ktstr_ready, whose number at key 0 becomes 7 after a while.

    python3 pinned.py MILLISECONDS COMMAND...

The time counts from when the command has cgroups, which a slow build comes to late; where nobody has
any, from its start.

The map is seen in a mount namespace that only the command is in. Ends with 77 where the kernel refuses that.
"""

import ctypes
import os
import platform
import struct
import sys
import time

import machine
from programs import wait_until

CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 0x40000
SYS_BPF = {"x86_64": 321, "aarch64": 280}.get(platform.machine())
MAP_CREATE, MAP_UPDATE, OBJ_PIN, ARRAY = 0, 2, 6, 2
FOLDER, NAME = b"/sys/fs/bpf", b"/sys/fs/bpf/ktstr_ready"
libc = ctypes.CDLL(None, use_errno=True)


def refused(what):
    """The kernel does not let us."""
    print(f"pinned.py: {what}: {os.strerror(ctypes.get_errno())}", file=sys.stderr)
    sys.exit(77)


def bpf(command, *fields):
    """bpf(2), its attributes as 32-bit (positive) and 64-bit (bytes of 8) fields."""
    packed = b"".join(field if isinstance(field, bytes) else struct.pack("I", field) for field in fields)
    attributes = ctypes.create_string_buffer(packed.ljust(128, b"\0"))
    return libc.syscall(SYS_BPF, command, attributes, 128)


def pointer(buffer):
    """An address, as a field."""
    return struct.pack("Q", ctypes.addressof(buffer))


def main():
    """Makes the map, leaves somebody who writes to it, and becomes the command."""
    if SYS_BPF is None:
        refused("the number of bpf(2)")
    if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) or \
            libc.mount(b"bpf", FOLDER, b"bpf", 0, None):
        refused("mount")
    fd = bpf(MAP_CREATE, ARRAY, 4, 8, 1, 0)
    name = ctypes.create_string_buffer(NAME)
    if fd < 0 or bpf(OBJ_PIN, pointer(name), fd, 0):
        refused("bpf")
    command = os.getpid()
    if os.fork() == 0:
        if any(os.access(mount, os.W_OK) for mount in machine.cgroup_mounts()):
            wait_until(lambda: machine.cgroups_of(command), 20)
        time.sleep(int(sys.argv[1]) / 1000)
        key, value = ctypes.create_string_buffer(4), ctypes.create_string_buffer(struct.pack("Q", 7), 8)
        os._exit(bpf(MAP_UPDATE, fd, 0, pointer(key), pointer(value)) != 0)
    os.close(fd)
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
