#!/usr/bin/env python3
"""How long `ktstr vm exec` takes under TCG from its start until the first scenario begins in the guest,
as its line on a terminal tells, beside QEMU's bare boot of the same kernel to a shell; how long until
all is over, around a scenario of nothing; and what a report of 1 MB costs.

    vm_boot.py KTSTR

Wants the kernel that `ktstr vm kernel fetch` has fetched (or fetches it), zstd and busybox.
"""

import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "vm"))
from initramfs import Archive  # noqa: E402
from kernel import find_kernel  # noqa: E402
from measure import Table, cost, median  # noqa: E402

RUNS = 5
TIMES_BARE, LARGE_S, REPORT_MS = 1.3, 20.0, 200.0
NOTHING = 'scenario nothing { settle = 0s\n cgroup a { }\n expect true\n note "here" }\n'
NOTES = 'scenario notes { settle = 0s\n cgroup a { }\n expect true\n for i in 0..1000 { note "' + "x" * 1000 + '" } }\n'
LINE = ("-machine q35,hpet=off,smbus=off,sata=off,usb=off -accel tcg,thread=single -cpu Nehalem -m 1G "
        "-smp 8,sockets=2,dies=2,cores=1,threads=2 -object memory-backend-ram,id=m0,size=512M "
        "-object memory-backend-ram,id=m1,size=512M -numa node,nodeid=0,cpus=0-3,memdev=m0 "
        "-numa node,nodeid=1,cpus=4-7,memdev=m1 -nodefaults -display none -serial stdio -no-reboot")
APPEND = ("console=ttyS0 quiet panic=-1 rdinit=/init nokaslr tsc=reliable no_timer_check mitigations=off "
          "8250.nr_uarts=1 cryptomgr.notests random.trust_cpu=on")


def unpacked(kernel, folder):
    """The ELF file inside a bzImage, as the bare line wants it."""
    image = kernel.read_bytes()
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (image[0x1f1] + 1) * 512 + offset
    (folder / "payload.zst").write_bytes(image[start:start + length - 4])
    subprocess.run(["zstd", "-dqf", folder / "payload.zst", "-o", folder / "vmlinux"], check=True)
    return folder / "vmlinux"


def bare_boot(elf, folder):
    """Seconds until a shell in a bare initramfs has said a word."""
    archive = Archive()
    archive.add_program("bin/busybox", Path(shutil.which("busybox")))
    archive.add_file("init", b"#!/bin/busybox sh\necho UP\nexec /bin/busybox sleep 1000\n", 0o755)
    archive.add_folder("dev")
    (folder / "bare.cpio").write_bytes(archive.finish())
    began = time.perf_counter()
    process = subprocess.Popen(["qemu-system-x86_64", *LINE.split(), "-kernel", elf, "-initrd", folder / "bare.cpio",
                                "-append", APPEND], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    for line in process.stdout:
        if line.strip() == b"UP":
            break
    seconds = time.perf_counter() - began
    process.kill()
    process.wait()
    return seconds


def first_op(command):
    """Seconds until the first scenario begins, its cgroup being its first op."""
    ours, theirs = pty.openpty()
    began = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    said = b""
    while b"scenario 1" not in said:
        said += os.read(ours, 4096)
    seconds = time.perf_counter() - began
    try:
        while os.read(ours, 4096):
            pass
    except OSError:  # the terminal's other end is closed
        pass
    os.close(ours)
    if process.wait() != 0:
        sys.exit(f"{command} ended with {process.returncode}")
    return seconds


def main():
    """Bare and ours in turns, so that both see the same machine."""
    table = Table()
    ktstr = sys.argv[1]
    kernel = find_kernel(ktstr)
    with tempfile.TemporaryDirectory(prefix="kts-bench-") as name:
        folder = Path(name)
        elf = unpacked(kernel, folder)
        (folder / "nothing.kts").write_text(NOTHING)
        (folder / "notes.kts").write_text(NOTES)

        def command(file, topology, *words):
            return [ktstr, "vm", "exec", folder / file, "--kernel", kernel, "--accel", "tcg", "--topo", topology, *words]

        def ours(*words):
            return cost(command(*words)).wall

        report = folder / "report.json"
        bare, begun, whole, quiet, told = [], [], [], [], []
        for _ in range(RUNS):
            bare.append(bare_boot(elf, folder))
            begun.append(first_op(command("nothing.kts", "2n4l1c2t")))
            whole.append(ours("nothing.kts", "2n4l1c2t"))
            quiet.append(ours("notes.kts", "1n1l2c1t", "--quiet"))
            told.append(ours("notes.kts", "1n1l2c1t", "--quiet", "--report", f"json={report}"))
        table.row("bare boot, 8 vCPUs", *at(bare))
        table.row("ktstr vm exec to its first op, 8 vCPUs", *at(begun))
        table.row("  of the bare boot", median(begun)[0] / median(bare)[0], "times", TIMES_BARE)
        table.row("ktstr vm exec of nothing, to its end", *at(whole))
        table.row("ktstr vm exec to its first op, 64 vCPUs", first_op(command("nothing.kts", "1n8l8c1t")), "s", LARGE_S)
        table.row("size of the report", report.stat().st_size / 1e6, "MB")
        table.row("what it costs to have it", (median(told)[0] - median(quiet)[0]) * 1e3, "ms", REPORT_MS)
    table.finish()


def at(values):
    """Median, unit, no limit, spread: for a row."""
    middle, spread = median(values)
    return middle, "s", None, spread


if __name__ == "__main__":
    main()
