package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"google.golang.org/protobuf/encoding/protowire"
)

const (
	directID     = "/peerkeep/messaging/direct/1.0.0"
	encodingJSON = 1
	lifetime     = time.Minute
	retryAfterMs = 50
)

// statuses of a receipt
const (
	delivered = 1
	duplicate = 2
	later     = 4
	refused   = 5
)

// DirectOrder is a message to send. The lane goes on from message to message to the same peer.
type DirectOrder struct {
	Event        string          `json:"event"`
	Payload      json.RawMessage `json:"payload"`
	Conversation string          `json:"conversation"`
	// Again sends the last message once more, as after a lost receipt.
	Again bool `json:"again"`
	// Owner of the mailbox it is left with.
	Owner string `json:"owner"`
}

// Direct is what this node has sent and taken.
type Direct struct {
	mu    sync.Mutex
	lanes map[peer.ID]*lane
	// by the id of the lane: the place of the last one that was delivered
	reached map[string]uint64
}

type lane struct {
	id   []byte
	seq  uint64
	last []byte
}

// message turns an order into a Message of messaging.proto. Each is sent when those before have been answered, so that it waits for none.
func (d *Direct) message(to peer.ID, order DirectOrder) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lanes == nil {
		d.lanes = map[peer.ID]*lane{}
	}
	l, ok := d.lanes[to]
	if !ok {
		l = &lane{id: random(8)}
		d.lanes[to] = l
	}
	if order.Again {
		return l.last
	}
	l.seq++
	now := time.Now()
	b := appendBytes(nil, 1, random(16))
	b = appendBytes(b, 2, l.id)
	b = appendNumber(b, 3, l.seq)
	b = appendBytes(b, 5, []byte(order.Event))
	b = appendNumber(b, 6, encodingJSON)
	b = appendBytes(b, 7, order.Payload)
	b = appendBytes(b, 8, []byte(order.Conversation))
	b = appendNumber(b, 9, uint64(now.UnixMilli()))
	l.last = appendNumber(b, 10, uint64(now.Add(lifetime).UnixMilli()))
	return l.last
}

// send resolves to the receipt.
func (n *Node) send(ctx context.Context, to peer.ID, order DirectOrder) (any, error) {
	answer, err := n.ask(ctx, to, directID, n.direct.message(to, order))
	if err != nil {
		return nil, err
	}
	receipt, err := parseFields(answer)
	if err != nil {
		return nil, err
	}
	return map[string]any{"status": receipt.numbers[1], "reason": string(receipt.bytes[2]), "retryAfterMs": receipt.numbers[3]}, nil
}

// takeDirect delivers every message once and in its place, by telling of it; those of an event that begins with "no-" are refused.
func (n *Node) takeDirect(request []byte, s network.Stream) ([]byte, *Failure) {
	message, err := parseFields(request)
	if err != nil || len(message.bytes[1]) != 16 || len(message.bytes[2]) != 8 || message.numbers[3] == 0 || message.numbers[6] != encodingJSON {
		return nil, &Failure{"undecodable", fmt.Sprintf("no Message: %v", err)}
	}
	event := string(message.bytes[5])
	if strings.HasPrefix(event, "no-") {
		return appendBytes(appendNumber(nil, 1, refused), 2, []byte("unknown-event")), nil
	}
	n.direct.mu.Lock()
	defer n.direct.mu.Unlock()
	if n.direct.reached == nil {
		n.direct.reached = map[string]uint64{}
	}
	from := s.Conn().RemotePeer()
	lane, seq, after := string(from)+string(message.bytes[2]), message.numbers[3], message.numbers[4]
	if seq <= n.direct.reached[lane] {
		return appendNumber(nil, 1, duplicate), nil
	}
	if after > n.direct.reached[lane] {
		// it keeps none that come too early: they are sent again
		return appendNumber(appendNumber(nil, 1, later), 3, retryAfterMs), nil
	}
	n.direct.reached[lane] = seq
	n.out.write(map[string]any{
		"event": "direct", "from": from.String(), "name": event, "payload": json.RawMessage(message.bytes[7]),
		"conversation": string(message.bytes[8]), "lane": fmt.Sprintf("%x", message.bytes[2]), "seq": seq,
	})
	return appendNumber(nil, 1, delivered), nil
}

func appendBytes(b []byte, number protowire.Number, value []byte) []byte {
	if len(value) == 0 {
		return b
	}
	return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), value)
}

func appendNumber(b []byte, number protowire.Number, value uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, number, protowire.VarintType), value)
}

func random(count int) []byte {
	b := make([]byte, count)
	// never fails
	rand.Read(b)
	return b
}

// broadcast is an event for everybody, as broadcast.proto has it.
func broadcast(payload []byte) []byte {
	now := time.Now()
	b := appendBytes(nil, 1, random(16))
	b = appendNumber(b, 2, encodingJSON)
	b = appendBytes(b, 3, payload)
	b = appendNumber(b, 4, uint64(now.UnixMilli()))
	return appendNumber(b, 5, uint64(now.Add(lifetime).UnixMilli()))
}

// parseBroadcast returns the payload of one that is JSON.
func parseBroadcast(b []byte) (json.RawMessage, error) {
	fields, err := parseFields(b)
	if err != nil {
		return nil, err
	}
	if len(fields.bytes[1]) != 16 || fields.numbers[2] != encodingJSON || fields.numbers[5] <= fields.numbers[4] {
		return nil, fmt.Errorf("no broadcast: %v", fields)
	}
	return fields.bytes[3], nil
}
