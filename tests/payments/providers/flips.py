"""Every way in which one bit of a message can be wrong."""

from collections.abc import Iterator


def flipped(data: bytes) -> Iterator[bytes]:
    for place in range(len(data)):
        for bit in range(8):
            yield data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def flipped_text(text: str) -> Iterator[str]:
    return (each.decode("latin-1") for each in flipped(text.encode("latin-1")))
