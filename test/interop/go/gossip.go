package main

import (
	"context"
	"sync"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
)

// Gossip joins topics and tells what arrives in them.
type Gossip struct {
	ps     *pubsub.PubSub
	self   peer.ID
	out    *lines
	mu     sync.Mutex
	topics map[string]*pubsub.Topic
}

func newGossip(ps *pubsub.PubSub, self peer.ID, out *lines) *Gossip {
	return &Gossip{ps: ps, self: self, out: out, topics: map[string]*pubsub.Topic{}}
}

func (g *Gossip) join(name string) (*pubsub.Topic, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if topic, ok := g.topics[name]; ok {
		return topic, nil
	}
	topic, err := g.ps.Join(name)
	if err == nil {
		g.topics[name] = topic
	}
	return topic, err
}

// subscribe tells of every message as what `read` makes of it.
func (g *Gossip) subscribe(name string, read func([]byte) (any, error)) error {
	topic, err := g.join(name)
	if err != nil {
		return err
	}
	subscription, err := topic.Subscribe()
	if err != nil {
		return err
	}
	go func() {
		for {
			message, err := subscription.Next(context.Background())
			if err != nil {
				return
			}
			if message.ReceivedFrom == g.self {
				continue
			}
			told := map[string]any{"event": "gossip", "topic": name, "from": message.GetFrom().String()}
			if told["data"], err = read(message.Data); err != nil {
				told["data"] = map[string]any{"error": err.Error()}
			}
			g.out.write(told)
		}
	}()
	return nil
}

func asText(data []byte) (any, error) { return string(data), nil }

func asBroadcast(data []byte) (any, error) { return parseBroadcast(data) }

func (g *Gossip) publish(ctx context.Context, name string, data []byte) error {
	topic, err := g.join(name)
	if err != nil {
		return err
	}
	return topic.Publish(ctx, data)
}

// listening names the peers that are known to be subscribed: what it publishes goes to all of them.
func (g *Gossip) listening(name string) []string {
	peers := []string{}
	for _, id := range g.ps.ListPeers(name) {
		peers = append(peers, id.String())
	}
	return peers
}
