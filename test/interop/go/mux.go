package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

const (
	muxPrefix     = "/peerkeep/mux/1.0.0"
	maxPieceBytes = 16 * 1024
	maxInPieces   = 8
	maxInFlight   = 256
)

// kinds of frames
const (
	kindEnd = iota
	kindMore
	kindFailure
	kindCancel
)

// muxStream writes and reads the frames of many calls on one stream.
type muxStream struct {
	s       network.Stream
	r       *bufio.Reader
	mu      sync.Mutex
	pieces  map[uint64][]byte
	inPiece chan struct{}
}

func newMuxStream(s network.Stream) *muxStream {
	return &muxStream{s: s, r: bufio.NewReader(s), pieces: map[uint64][]byte{}, inPiece: make(chan struct{}, maxInPieces)}
}

func (m *muxStream) write(call uint64, kind int, payload []byte) error {
	return m.writeFirst(func() uint64 { return call }, kind, payload)
}

// writeFirst asks for the id of the call when nothing can come between it and the frame: calls begin in the order of their ids.
func (m *muxStream) writeFirst(call func() uint64, kind int, payload []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	header := binary.AppendUvarint(nil, call()*8+uint64(kind))
	_, err := m.s.Write(frame(append(header, payload...)))
	return err
}

// send writes a message, in pieces when it is long: those of others come between.
func (m *muxStream) send(call func() uint64, message []byte) error {
	if len(message) <= maxPieceBytes {
		return m.writeFirst(call, kindEnd, message)
	}
	m.inPiece <- struct{}{}
	defer func() { <-m.inPiece }()
	var id uint64
	begin := func() uint64 { id = call(); return id }
	if err := m.writeFirst(begin, kindMore, message[:maxPieceBytes]); err != nil {
		return err
	}
	for message = message[maxPieceBytes:]; len(message) > maxPieceBytes; message = message[maxPieceBytes:] {
		if err := m.write(id, kindMore, message[:maxPieceBytes]); err != nil {
			return err
		}
	}
	return m.write(id, kindEnd, message)
}

// next returns the next whole message, failure or cancel.
func (m *muxStream) next() (call uint64, kind int, payload []byte, err error) {
	for {
		bytes, err := readBytes(m.r, maxPieceBytes+8)
		if err != nil {
			return 0, 0, nil, err
		}
		header, n := binary.Uvarint(bytes)
		if n <= 0 {
			return 0, 0, nil, errors.New("a frame without a header")
		}
		call, kind, payload = header>>3, int(header&7), bytes[n:]
		switch kind {
		case kindMore, kindEnd:
			whole := append(m.pieces[call], payload...)
			if len(whole) > maxFrameBytes {
				return 0, 0, nil, fmt.Errorf("a message of more than %d bytes", maxFrameBytes)
			}
			if kind == kindEnd {
				delete(m.pieces, call)
				return call, kind, whole, nil
			}
			if len(m.pieces) == maxInPieces && m.pieces[call] == nil {
				return 0, 0, nil, fmt.Errorf("more than %d messages in pieces", maxInPieces)
			}
			m.pieces[call] = whole
		case kindFailure, kindCancel:
			delete(m.pieces, call)
			return call, kind, payload, nil
		default:
			return 0, 0, nil, fmt.Errorf("a frame of the unknown kind %d", kind)
		}
	}
}

// muxed serves many requests on a stream, each answered when it is done.
func (n *Node) muxed(answer answerer) network.StreamHandler {
	return func(s network.Stream) {
		m := newMuxStream(s)
		var active sync.WaitGroup
		for {
			call, kind, request, err := m.next()
			if errors.Is(err, io.EOF) {
				// half-closed: nothing more is asked
				active.Wait()
				s.Close()
				return
			} else if err != nil {
				s.Reset()
				return
			}
			if kind != kindEnd {
				// what is going on here is short: it ends by itself, and its answer is not missed
				continue
			}
			active.Go(func() {
				bytes, failure := answer(request, s)
				if failure != nil {
					m.write(call, kindFailure, failure.marshal())
				} else {
					m.send(func() uint64 { return call }, bytes)
				}
			})
		}
	}
}

// muxPool keeps the stream to each peer and protocol open.
type muxPool struct {
	mu      sync.Mutex
	callers map[string]*muxCaller
}

func (n *Node) caller(ctx context.Context, to peer.ID, id protocol.ID) (*muxCaller, error) {
	n.muxes.mu.Lock()
	defer n.muxes.mu.Unlock()
	key := to.String() + string(id)
	if caller, ok := n.muxes.callers[key]; ok && !caller.ended() {
		return caller, nil
	}
	s, err := n.host.NewStream(ctx, to, muxPrefix+id)
	if err != nil {
		return nil, err
	}
	caller := newMuxCaller(s)
	if n.muxes.callers == nil {
		n.muxes.callers = map[string]*muxCaller{}
	}
	n.muxes.callers[key] = caller
	return caller, nil
}

// burst asks everything at once.
func (n *Node) burst(ctx context.Context, to peer.ID, id protocol.ID, requests []json.RawMessage) (any, error) {
	caller, err := n.caller(ctx, to, id)
	if err != nil {
		return nil, err
	}
	answers := make([]any, len(requests))
	var mu sync.Mutex
	var all sync.WaitGroup
	var failed error
	for i, request := range requests {
		all.Go(func() {
			bytes, err := caller.call(ctx, request)
			answer, err := answered(bytes, err)
			mu.Lock()
			defer mu.Unlock()
			answers[i] = answer
			failed = errors.Join(failed, err)
		})
	}
	all.Wait()
	return map[string]any{"answers": answers, "stream": caller.m.s.ID()}, failed
}
