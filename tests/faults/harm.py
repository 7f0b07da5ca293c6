"""What a failing disk does to a file."""

from __future__ import annotations

from pathlib import Path


def flip(path: Path, place: float) -> None:
    """Flip the bits of one byte, that far into a file."""
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 0xFF
    rewrite(path, bytes(content))


def rewrite(path: Path, content: bytes) -> None:
    """Write a file anew, even a write-protected one, for all its names."""
    path.chmod(0o640)
    path.write_bytes(content)


def cut(path: Path, share: float) -> None:
    """Keep only so much of a file."""
    content = path.read_bytes()
    rewrite(path, content[: int(len(content) * share)])
