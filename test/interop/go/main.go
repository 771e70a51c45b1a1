// A go-libp2p node that knows nothing of Peerkeep but its documented protocols. It is driven by lines of JSON on its
// standard input and answers by lines on its standard output; it ends with its input.
package main

import (
	"bufio"
	"context"
	"crypto/hpke"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/libp2p/go-libp2p"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/libp2p/go-libp2p/p2p/transport/websocket"
)

// Node is the host with everything that is asked of it.
type Node struct {
	host   host.Host
	gossip *Gossip
	muxes  muxPool
	direct Direct
	// of the card that a mailbox has
	prekey hpke.PrivateKey
	out    *lines
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	h, err := libp2p.New(
		libp2p.Transport(tcp.NewTCPTransport),
		libp2p.Transport(websocket.New),
		libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0/ws"),
		libp2p.DisableRelay(),
	)
	if err != nil {
		return err
	}
	defer h.Close()
	// floods to all that subscribe what it publishes itself, as gossipsub does by default
	ps, err := pubsub.NewGossipSub(ctx, h)
	if err != nil {
		return err
	}
	node := &Node{host: h, out: &lines{}}
	node.gossip = newGossip(ps, h.ID(), node.out)
	node.serve()
	node.out.write(map[string]any{"event": "ready", "peer": h.ID().String(), "addrs": addressesOf(h)})
	node.obey(ctx)
	return nil
}

func addressesOf(h host.Host) []string {
	addrs := []string{}
	for _, addr := range h.Addrs() {
		addrs = append(addrs, fmt.Sprintf("%s/p2p/%s", addr, h.ID()))
	}
	return addrs
}

// lines writes JSON to the standard output, one value a line, from any goroutine.
type lines struct{ mu sync.Mutex }

func (l *lines) write(value any) {
	line, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Println(string(line))
}

// obey carries out what the lines of the input ask for, all at the same time.
func (n *Node) obey(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 16<<20)
	for input.Scan() {
		line := append([]byte(nil), input.Bytes()...)
		go func() {
			var order Order
			if err := json.Unmarshal(line, &order); err != nil {
				n.out.write(map[string]any{"event": "confused", "error": err.Error()})
				return
			}
			result, err := n.carryOut(ctx, order)
			if err != nil {
				n.out.write(map[string]any{"id": order.ID, "error": err.Error()})
				return
			}
			n.out.write(map[string]any{"id": order.ID, "result": result})
		}()
	}
}
