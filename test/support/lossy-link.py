"""A bad link: two TUN devices, each packet of the one copied to the other after a delay, or lost.

lossy-link.py <pid of one namespace> <pid of the other> <delay in ms, each way> <loss, 0 to 1, each way> <seed>

Makes the devices where it runs (a network namespace of its own) and hands each to the namespace of a process. Says "up",
ends when its standard input does, and tells then what it has carried: JSON, one list entry for each direction.
"""
import collections
import errno
import fcntl
import json
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
MTU = 1500
# packets under way in one direction; what comes on top is lost
QUEUE = 50_000


class Direction:
    def __init__(self, source, target, seed):
        self.source, self.target = source, target
        self.chance = random.Random(seed)
        self.under_way = collections.deque()
        self.count = {'packets': 0, 'bytes': 0, 'lost': 0, 'overflowed': 0}

    def take(self, delay, loss):
        now = time.monotonic()
        while True:
            try:
                packet = os.read(self.source, 65536)
            except BlockingIOError:
                return
            except OSError as err:
                # nobody has brought it up yet, or its namespace is gone
                if err.errno in (errno.EIO, errno.EBADFD):
                    return
                raise
            self.count['packets'] += 1
            self.count['bytes'] += len(packet)
            if self.chance.random() < loss:
                self.count['lost'] += 1
            elif len(self.under_way) >= QUEUE:
                self.count['overflowed'] += 1
            else:
                self.under_way.append((now + delay, packet))

    def deliver(self):
        """Hands over what is due; the seconds until the next, None without one."""
        while self.under_way:
            wait = self.under_way[0][0] - time.monotonic()
            if wait > 0:
                return wait
            _, packet = self.under_way.popleft()
            try:
                os.write(self.target, packet)
            except OSError as err:
                if err.errno not in (errno.EIO, errno.EBADFD, errno.EAGAIN, errno.EINVAL):
                    raise
        return None


def tun(name, pid):
    fd = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TUN | IFF_NO_PI))
    subprocess.run(['ip', 'link', 'set', name, 'mtu', str(MTU), 'txqueuelen', '10000', 'netns', pid], check=True)
    return fd


def main():
    here, there, delay_ms, loss, seed = sys.argv[1:]
    delay, loss, seed = float(delay_ms) / 1000, float(loss), int(seed)
    one, other = tun('link0', here), tun('link1', there)
    directions = [Direction(one, other, 2 * seed), Direction(other, one, 2 * seed + 1)]
    print('up', flush=True)
    inputs = [one, other, sys.stdin.fileno()]
    while True:
        waits = [wait for wait in (direction.deliver() for direction in directions) if wait is not None]
        ready, _, _ = select.select(inputs, [], [], min(waits, default=None))
        if sys.stdin.fileno() in ready and not os.read(sys.stdin.fileno(), 65536):
            break
        for direction in directions:
            direction.take(delay, loss)
    print(json.dumps([direction.count for direction in directions]), flush=True)


main()
