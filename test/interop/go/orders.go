package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"google.golang.org/protobuf/types/known/durationpb"
)

const patience = 10 * time.Second

// Order is what a line of the input asks for; each `do` uses some of the fields.
type Order struct {
	ID       int               `json:"id"`
	Do       string            `json:"do"`
	Addr     string            `json:"addr"`
	Peer     string            `json:"peer"`
	Protocol protocol.ID       `json:"protocol"`
	Request  json.RawMessage   `json:"request"`
	Requests []json.RawMessage `json:"requests"`
	Take     int               `json:"take"`
	Seconds  int64             `json:"seconds"`
	Network  string            `json:"network"`
	Topic    string            `json:"topic"`
	Text     string            `json:"text"`
	Message  DirectOrder       `json:"message"`
}

func (n *Node) carryOut(ctx context.Context, order Order) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	switch order.Do {
	case "connect":
		info, err := peer.AddrInfoFromString(order.Addr)
		if err != nil {
			return nil, err
		}
		return nil, n.host.Connect(ctx, *info)
	case "subscribe":
		return nil, n.gossip.subscribe(order.Topic, asText)
	case "hear":
		return nil, n.gossip.subscribe(order.Topic, asBroadcast)
	case "publish":
		return nil, n.gossip.publish(ctx, order.Topic, []byte(order.Text))
	case "broadcast":
		return nil, n.gossip.publish(ctx, order.Topic, broadcast(order.Request))
	case "listening":
		return n.gossip.listening(order.Topic), nil
	}

	to, err := peer.Decode(order.Peer)
	if err != nil {
		return nil, err
	}
	switch order.Do {
	case "disconnect":
		return nil, n.host.Network().ClosePeer(to)
	case "ask":
		answer, err := n.ask(ctx, to, order.Protocol, order.Request)
		return answered(answer, err)
	case "when":
		return n.when(ctx, to, order.Protocol, durationpb.New(time.Duration(order.Seconds)*time.Second))
	case "stream":
		return n.receive(ctx, to, order.Protocol, order.Request, order.Take)
	case "burst":
		return n.burst(ctx, to, order.Protocol, order.Requests)
	case "once":
		return n.once(ctx, to, order.Protocol, order.Requests)
	case "cancel":
		return n.cancelOne(ctx, to, order.Protocol, order.Request)
	case "introduce":
		return n.introduce(ctx, to, order.Network)
	case "send":
		return n.send(ctx, to, order.Message)
	case "leave":
		return n.leave(ctx, to, order.Message)
	case "register":
		return n.register(ctx, to)
	case "fetch":
		return n.fetch(ctx, to)
	}
	return nil, fmt.Errorf("unknown order %q", order.Do)
}

// answered tells an answer and a failure that the other side has told apart from everything else that can go wrong.
func answered(answer json.RawMessage, err error) (any, error) {
	var failure *Failure
	if errors.As(err, &failure) {
		return map[string]any{"failure": failure}, nil
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"answer": answer}, nil
}
