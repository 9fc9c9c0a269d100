"""Writes an initramfs: a cpio archive in the `newc` form, which the kernel unpacks at its start."""

import re
import stat
import subprocess


class Archive:
    """Collects files; folders above them come by themselves."""

    def __init__(self):
        self.parts = []
        self.names = set()

    def add_folder(self, name, mode=0o755):
        """A folder, once."""
        if name not in self.names:
            self._add(name, stat.S_IFDIR | mode, b"")

    def add_file(self, name, content, mode=0o644):
        """A regular file."""
        self._add(name, stat.S_IFREG | mode, content)

    def add_link(self, name, target):
        """A symbolic link."""
        self._add(name, stat.S_IFLNK | 0o777, target.encode())

    def add_program(self, name, path):
        """An executable with the shared libraries that it asks for, each where the loader looks."""
        self.add_file(name, path.read_bytes(), 0o755)
        # A static program is none of ldd's business, and it says so with a failure.
        listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
        for library in re.findall(r"(/\S+) \(0x", listed.stdout):
            if library[1:] not in self.names:
                with open(library, "rb") as file:
                    self.add_file(library[1:], file.read(), 0o755)

    def finish(self):
        """The whole archive."""
        self._add("TRAILER!!!", 0, b"")
        return b"".join(self.parts)

    def _add(self, name, mode, content):
        above = name.rpartition("/")[0]
        if above:
            self.add_folder(above)
        self.names.add(name)
        encoded = name.encode() + b"\0"
        # inode mode uid gid links mtime size, device and rdevice in halves, name's size, check
        fields = [len(self.names), mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(encoded), 0]
        header = b"070701" + "".join(f"{field:08x}" for field in fields).encode() + encoded
        self.parts += [_padded(header), _padded(content)]


def _padded(data):
    return data + bytes(-len(data) % 4)
