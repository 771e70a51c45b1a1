"""Direct messages and broadcasts as messaging.proto and broadcast.proto have them."""

import json
import os
import time

from frames import Failure
from protobuf import decode, encode

DIRECT_ID = "/peerkeep/messaging/direct/1.0.0"
JSON = 1
LIFETIME_MS = 60_000
RETRY_AFTER_MS = 50
# statuses of a receipt
DELIVERED, DUPLICATE, LATER, REFUSED = 1, 2, 4, 5


def now_ms():
    return int(time.time() * 1000)


class Direct:
    """What this node has sent and taken."""

    def __init__(self, tell):
        self._tell = tell
        self._lanes = {}
        # by the id of the lane: the place of the last one that was delivered
        self._reached = {}

    def message(self, peer, order):
        """The lane goes on from message to message. Each is sent when those before have been answered, so that it waits for none."""
        lane = self._lanes.setdefault(peer, {"id": os.urandom(8), "seq": 0, "last": b""})
        if order.get("again"):
            return lane["last"]
        lane["seq"] += 1
        now = now_ms()
        lane["last"] = encode(
            {
                1: os.urandom(16),
                2: lane["id"],
                3: lane["seq"],
                5: order["event"].encode(),
                6: JSON,
                7: json.dumps(order["payload"]).encode(),
                8: order.get("conversation", "").encode(),
                9: now,
                10: now + LIFETIME_MS,
            }
        )
        return lane["last"]

    def take(self, request, peer):
        """Delivers every message once and in its place, by telling of it; those of an event that begins with "no-" are refused."""
        message = decode(request)
        if len(message.get(1, b"")) != 16 or len(message.get(2, b"")) != 8 or message.get(3, 0) == 0 or message.get(6) != JSON:
            raise Failure("undecodable", "no Message")
        event = message[5].decode()
        if event.startswith("no-"):
            return encode({1: REFUSED, 2: b"unknown-event"})
        lane = (peer, message[2])
        reached = self._reached.get(lane, 0)
        if message[3] <= reached:
            return encode({1: DUPLICATE})
        if message.get(4, 0) > reached:
            # it keeps none that come too early: they are sent again
            return encode({1: LATER, 3: RETRY_AFTER_MS})
        self._reached[lane] = message[3]
        self._tell(
            {
                "event": "direct",
                "from": peer,
                "name": event,
                "payload": json.loads(message[7]),
                "conversation": message.get(8, b"").decode(),
                "lane": message[2].hex(),
                "seq": message[3],
            }
        )
        return encode({1: DELIVERED})


def receipt(answer):
    fields = decode(answer)
    return {"status": fields.get(1, 0), "reason": fields.get(2, b"").decode(), "retryAfterMs": fields.get(3, 0)}


def broadcast(payload):
    now = now_ms()
    return encode({1: os.urandom(16), 2: JSON, 3: json.dumps(payload).encode(), 4: now, 5: now + LIFETIME_MS})


def parse_broadcast(data):
    fields = decode(data)
    if len(fields.get(1, b"")) != 16 or fields.get(2) != JSON or fields[5] <= fields[4]:
        return {"error": f"no broadcast: {fields}"}
    return json.loads(fields[3])
