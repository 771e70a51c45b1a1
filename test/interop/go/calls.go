package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// open starts a call: one frame, and nothing more from this side.
func (n *Node) open(ctx context.Context, to peer.ID, id protocol.ID, request []byte) (network.Stream, error) {
	s, err := n.host.NewStream(ctx, to, id)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := s.SetDeadline(deadline); err != nil {
			return nil, errors.Join(err, s.Reset())
		}
	}
	if _, err := s.Write(frame(request)); err != nil {
		return nil, errors.Join(err, s.Reset())
	}
	if err := s.CloseWrite(); err != nil {
		return nil, errors.Join(err, s.Reset())
	}
	return s, nil
}

// ask is one request and one answer on a stream of its own.
func (n *Node) ask(ctx context.Context, to peer.ID, id protocol.ID, request []byte) ([]byte, error) {
	s, err := n.open(ctx, to, id, request)
	if err != nil {
		return nil, err
	}
	// does nothing once both sides have closed
	defer s.Reset()
	r := bufio.NewReader(s)
	answer, err := readFrame(r)
	if err != nil {
		return nil, err
	}
	if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more than one answer, or no clean end: %v", err)
	}
	return answer, nil
}

// when asks for the time some seconds from a fixed one; the messages are generated code of Google's.
func (n *Node) when(ctx context.Context, to peer.ID, id protocol.ID, after *durationpb.Duration) (any, error) {
	request, err := proto.Marshal(after)
	if err != nil {
		return nil, err
	}
	bytes, err := n.ask(ctx, to, id, request)
	if err != nil {
		return nil, err
	}
	var time timestamppb.Timestamp
	if err := proto.Unmarshal(bytes, &time); err != nil {
		return nil, err
	}
	return map[string]any{"seconds": time.Seconds, "nanos": time.Nanos}, nil
}

// receive collects the items of a stream, and leaves after `take` of them if that is not 0.
func (n *Node) receive(ctx context.Context, to peer.ID, id protocol.ID, request []byte, take int) (any, error) {
	s, err := n.open(ctx, to, id, request)
	if err != nil {
		return nil, err
	}
	defer s.Reset()
	r := bufio.NewReader(s)
	items := []json.RawMessage{}
	for take == 0 || len(items) < take {
		item, err := readFrame(r)
		var failure *Failure
		if errors.Is(err, io.EOF) {
			return map[string]any{"items": items, "ended": true}, nil
		} else if errors.As(err, &failure) {
			return map[string]any{"items": items, "failure": failure}, nil
		} else if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return map[string]any{"items": items, "ended": false}, nil
}
