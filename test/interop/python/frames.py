"""Frames of the plain exchange: a length as an unsigned varint, then a message; a length that none has before a failure."""

from libp2p.network.stream.exceptions import StreamEOF

from protobuf import decode, encode, varint

MAX_FRAME_BYTES = 64 * 1024
MAX_FAILURE_BYTES = 512
FAILURE_MARK = 2**32 - 1


class Failure(Exception):
    """What the other side tells instead of an answer."""

    def __init__(self, code, message=""):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    def told(self):
        return {"code": self.code, "message": self.message}


def frame(message):
    return varint(len(message)) + message


def failure_frame(failure):
    return varint(FAILURE_MARK) + frame(encode({1: failure.code.encode(), 2: failure.message.encode()}))


class Frames:
    """Reads frames from a stream, that may give any number of bytes at a time."""

    def __init__(self, stream):
        self._stream = stream
        self._bytes = bytearray()
        self._ended = False

    async def read(self):
        """The next message, or None when the other side has closed before one."""
        if not await self._fill(1):
            return None
        length = await self._varint()
        if length == FAILURE_MARK:
            raise parse_failure(await self._message(await self._varint(), MAX_FAILURE_BYTES))
        return await self._message(length, MAX_FRAME_BYTES)

    async def _varint(self):
        value = shift = 0
        while True:
            (byte,) = await self._take(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 28:
                raise ValueError("a length of more than five bytes")

    async def _message(self, length, most):
        if length > most:
            raise ValueError(f"a frame of {length} bytes, {most} are allowed")
        return await self._take(length)

    async def _take(self, count):
        if not await self._fill(count):
            raise ValueError("the stream ended within a frame")
        taken = bytes(self._bytes[:count])
        del self._bytes[:count]
        return taken

    async def _fill(self, count):
        while len(self._bytes) < count and not self._ended:
            try:
                got = await self._stream.read(16 * 1024)
            except StreamEOF:
                got = b""
            if got == b"":
                self._ended = True
            self._bytes += got
        return len(self._bytes) >= count


def parse_failure(data):
    fields = decode(data)
    return Failure(fields.get(1, b"").decode(), fields.get(2, b"").decode())
