"""A py-libp2p node that knows nothing of Peerkeep but its documented protocols.

It is driven by lines of JSON on its standard input and answers by lines on its standard output; it ends with its input.
Its arguments are the ports to listen on, for TCP and for WebSockets.
"""

import json
import sys

import multiaddr
import trio
from libp2p import new_host
from libp2p.network.stream.exceptions import StreamError
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.pubsub.gossipsub import GossipSub
from libp2p.pubsub.gossipsub import PROTOCOL_ID, PROTOCOL_ID_V11
from libp2p.pubsub.pubsub import Pubsub
from libp2p.tools.anyio_service import background_trio_service

from frames import Failure, Frames, failure_frame, frame
from messaging import DIRECT_ID, Direct, broadcast, parse_broadcast, receipt
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

PATIENCE_SECONDS = 10


def tell(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


class Node:
    def __init__(self, host, pubsub, router, nursery):
        self._host = host
        self._pubsub = pubsub
        self._router = router
        self._nursery = nursery
        self._orders = {
            "connect": self._connect,
            "disconnect": self._disconnect,
            "ask": self._ask,
            "when": self._when,
            "stream": self._stream,
            "subscribe": self._subscribe,
            "hear": self._hear,
            "publish": self._publish,
            "broadcast": self._broadcast,
            "send": self._send,
            "listening": self._listening,
        }
        self._direct = Direct(tell)
        host.set_stream_handler(DIRECT_ID, plain(self._direct.take))
        host.set_stream_handler("/interop/quote/1.0.0", plain(quote))
        host.set_stream_handler("/interop/when/1.0.0", plain(when))
        host.set_stream_handler("/interop/ticks/1.0.0", ticks)

    async def obey(self, line):
        order = json.loads(line)
        try:
            with trio.fail_after(PATIENCE_SECONDS):
                tell({"id": order["id"], "result": await self._orders[order["do"]](order)})
        except Failure as failure:
            tell({"id": order["id"], "result": {"failure": failure.told()}})
        except Exception as error:
            tell({"id": order["id"], "error": f"{type(error).__name__}: {error}"})

    async def _connect(self, order):
        await self._host.connect(info_from_p2p_addr(multiaddr.Multiaddr(order["addr"])))

    async def _disconnect(self, order):
        await self._host.disconnect(ID.from_string(order["peer"]))

    async def _open(self, order, request):
        stream = await self._host.new_stream(ID.from_string(order["peer"]), [order["protocol"]])
        await stream.write(frame(request))
        await stream.close_write()
        return stream

    async def _call(self, order, request):
        stream = await self._open(order, request)
        try:
            frames = Frames(stream)
            answer = await frames.read()
            if answer is None or await frames.read() is not None:
                raise ValueError("not one answer")
            return answer
        except BaseException:
            await stream.reset()
            raise

    async def _ask(self, order):
        return {"answer": json.loads(await self._call(order, json.dumps(order["request"]).encode()))}

    async def _when(self, order):
        request = Duration(seconds=order["seconds"]).SerializeToString()
        time = Timestamp.FromString(await self._call(order, request))
        return {"seconds": time.seconds, "nanos": time.nanos}

    async def _stream(self, order):
        """Items to the end, or until `take` of them are here."""
        stream = await self._open(order, json.dumps(order["request"]).encode())
        frames = Frames(stream)
        items = []
        take = order.get("take", 0)
        while take == 0 or len(items) < take:
            try:
                item = await frames.read()
            except Failure as failure:
                return {"items": items, "failure": failure.told()}
            if item is None:
                return {"items": items, "ended": True}
            items.append(json.loads(item))
        await stream.reset()
        return {"items": items, "ended": False}

    async def _send(self, order):
        message = self._direct.message(order["peer"], order["message"])
        return receipt(await self._call(order | {"protocol": DIRECT_ID}, message))

    async def _subscribe(self, order):
        await self._tell_of(order["topic"], bytes.decode)

    async def _hear(self, order):
        await self._tell_of(order["topic"], parse_broadcast)

    async def _tell_of(self, topic, read):
        subscription = await self._pubsub.subscribe(topic)
        self._nursery.start_soon(self._listen, topic, subscription, read)

    async def _listen(self, topic, subscription, read):
        while True:
            message = await subscription.get()
            author = ID(message.from_id)
            if author != self._host.get_id():
                tell({"event": "gossip", "topic": topic, "data": read(message.data), "from": author.to_string()})

    async def _broadcast(self, order):
        await self._pubsub.publish(order["topic"], broadcast(order["request"]))

    async def _publish(self, order):
        await self._pubsub.publish(order["topic"], order["text"].encode())

    async def _listening(self, order):
        return [peer.to_string() for peer in self._router.mesh.get(order["topic"], set())]


def quote(request, _peer):
    try:
        wanted = json.loads(request)
    except ValueError:
        raise Failure("undecodable", "no JSON") from None
    item = wanted.get("item")
    if not isinstance(item, str) or item == "":
        raise Failure("invalid", "item must be a text")
    if item == "unicorn":
        raise Failure("x-sold-out", "there are none left")
    return json.dumps({"item": item, "price": len(item)}).encode()


def when(request, _peer):
    after = Duration.FromString(request)
    return Timestamp(seconds=1_700_000_000 + after.seconds, nanos=after.nanos).SerializeToString()


def plain(answer):
    """Serves one request a stream."""

    async def handle(stream):
        request = await Frames(stream).read()
        if request is None:
            await stream.reset()
            return
        try:
            await stream.write(frame(answer(request, stream.muxed_conn.peer_id.to_string())))
        except Failure as failure:
            await stream.write(failure_frame(failure))
        await stream.close()

    return handle


async def ticks(stream):
    """Serves a stream of items, and tells when the one who asked has left."""
    request = json.loads(await Frames(stream).read())
    for n in range(request["count"]):
        if n == request.get("failAfter"):
            await stream.write(failure_frame(Failure("x-worn-out", "no more ticks")))
            break
        try:
            await stream.write(frame(json.dumps({"n": n}).encode()))
        except StreamError:
            tell({"event": "left", "sent": n})
            return
    await stream.close()


async def main():
    tcp, ws = sys.argv[1:]
    listen = [multiaddr.Multiaddr(f"/ip4/127.0.0.1/tcp/{tcp}"), multiaddr.Multiaddr(f"/ip4/127.0.0.1/tcp/{ws}/ws")]
    host = new_host(listen_addrs=listen, enable_websocket=True)
    router = GossipSub([PROTOCOL_ID_V11, PROTOCOL_ID], degree=6, degree_low=5, degree_high=12, heartbeat_interval=1)
    pubsub = Pubsub(host, router)
    async with (
        host.run(listen_addrs=listen),
        trio.open_nursery() as nursery,
        background_trio_service(pubsub),
        background_trio_service(router),
    ):
        await pubsub.wait_until_ready()
        node = Node(host, pubsub, router, nursery)
        tell({"event": "ready", "peer": host.get_id().to_string(), "addrs": [str(addr) for addr in host.get_addrs()]})
        async for line in trio.wrap_file(sys.stdin):
            nursery.start_soon(node.obey, line)
        nursery.cancel_scope.cancel()


trio.run(main)
