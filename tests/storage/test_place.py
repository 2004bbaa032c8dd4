"""Where an embedded database may lie."""

from pathlib import Path

import pytest

from sysmo_tui.storage.place import bsd_mounts, file_system, is_network, linux_mounts

MOUNTS = linux_mounts(
    "/dev/sda1 / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n"
    "tmpfs /home/ana/local\\040disk tmpfs rw 0 0\nana@host: /mnt/far fuse.sshfs rw 0 0\n"
)


@pytest.mark.parametrize(
    ("path", "kind", "refused"),
    [
        ("/var/desk.db", "ext4", False),
        ("/home/ana/desk.db", "nfs4", True),
        ("/home/ana/local disk/desk.db", "tmpfs", False),
        ("/mnt/far/deep/down/desk.db", "fuse.sshfs", True),
        ("/homework/desk.db", "ext4", False),
    ],
)
def test_the_innermost_mount_decides(path: str, kind: str, refused: bool):
    assert file_system(Path(path), MOUNTS) == kind
    assert is_network(kind) is refused


def test_a_later_mount_hides_an_earlier_one():
    assert file_system(Path("/a/b"), [("/a", "nfs"), ("/a", "ext4")]) == "ext4"


def test_network_volumes_of_macos_are_known():
    mounts = bsd_mounts(
        "/dev/disk3s1 on / (apfs, sealed, local)\n//ana@nas/share on /Volumes/My share (smbfs, nodev)\n"
    )
    assert is_network(file_system(Path("/Volumes/My share/desk.db"), mounts))
    assert not is_network(file_system(Path("/Users/ana/desk.db"), mounts))
