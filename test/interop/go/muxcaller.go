package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

type muxAnswer struct {
	bytes []byte
	err   error
}

// muxCaller has many calls in flight on one stream.
type muxCaller struct {
	m        *muxStream
	inFlight chan struct{}
	mu       sync.Mutex
	next     uint64
	waiting  map[uint64]chan muxAnswer
	err      error
}

func newMuxCaller(s network.Stream) *muxCaller {
	c := &muxCaller{m: newMuxStream(s), inFlight: make(chan struct{}, maxInFlight), waiting: map[uint64]chan muxAnswer{}}
	go c.read()
	return c
}

func (c *muxCaller) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err != nil
}

func (c *muxCaller) call(ctx context.Context, request []byte) ([]byte, error) {
	c.inFlight <- struct{}{}
	defer func() { <-c.inFlight }()
	answer := make(chan muxAnswer, 1)
	var id uint64
	err := c.m.send(func() uint64 { id = c.begin(answer); return id }, request)
	if err != nil {
		return nil, err
	}
	select {
	case a := <-answer:
		return a.bytes, a.err
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
		return nil, errors.Join(ctx.Err(), c.m.write(id, kindCancel, nil))
	}
}

// begin takes the next id. On a stream that has ended nobody waits for the answer: what is written to it fails.
func (c *muxCaller) begin(answer chan muxAnswer) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := c.next
	c.next++
	if c.err != nil {
		answer <- muxAnswer{nil, c.err}
	} else {
		c.waiting[id] = answer
	}
	return id
}

func (c *muxCaller) read() {
	for {
		call, kind, payload, err := c.m.next()
		c.mu.Lock()
		if err != nil {
			c.err = err
			for _, answer := range c.waiting {
				answer <- muxAnswer{nil, err}
			}
			c.waiting = nil
			c.mu.Unlock()
			c.m.s.Reset()
			return
		}
		answer, ok := c.waiting[call]
		delete(c.waiting, call)
		c.mu.Unlock()
		if !ok {
			// cancelled: the answer was on its way
			continue
		}
		if kind == kindEnd {
			answer <- muxAnswer{payload, nil}
		} else if failure, err := parseFailure(payload); err != nil {
			answer <- muxAnswer{nil, err}
		} else {
			answer <- muxAnswer{nil, failure}
		}
	}
}

// cancelOne leaves a call after a moment, and then makes another on the same stream.
func (n *Node) cancelOne(ctx context.Context, to peer.ID, id protocol.ID, request json.RawMessage) (any, error) {
	caller, err := n.caller(ctx, to, id)
	if err != nil {
		return nil, err
	}
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	_, err = caller.call(short, request)
	return map[string]any{"cancelled": errors.Is(err, context.DeadlineExceeded), "ended": caller.ended()}, nil
}

// once asks everything on a stream of its own, on which nothing more will be asked, and takes the answers until its end.
func (n *Node) once(ctx context.Context, to peer.ID, id protocol.ID, requests []json.RawMessage) (any, error) {
	s, err := n.host.NewStream(ctx, to, muxPrefix+id)
	if err != nil {
		return nil, err
	}
	defer s.Reset()
	m := newMuxStream(s)
	for i, request := range requests {
		if err := m.send(func() uint64 { return uint64(i) }, request); err != nil {
			return nil, err
		}
	}
	if err := s.CloseWrite(); err != nil {
		return nil, err
	}
	answers := make([]json.RawMessage, len(requests))
	for {
		call, kind, payload, err := m.next()
		if errors.Is(err, io.EOF) {
			return answers, nil
		}
		if err != nil {
			return nil, err
		}
		if kind != kindEnd || call >= uint64(len(answers)) {
			return nil, fmt.Errorf("a frame of the kind %d for call %d", kind, call)
		}
		answers[call] = payload
	}
}
