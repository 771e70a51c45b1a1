package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const servePatience = 20 * time.Second

// serve registers what this node answers. It knows the plain ids only, but for `shelf`, that it serves in both ways.
func (n *Node) serve() {
	n.host.SetStreamHandler("/interop/quote/1.0.0", n.plain(quote))
	n.host.SetStreamHandler("/interop/when/1.0.0", n.plain(when))
	n.host.SetStreamHandler("/interop/ticks/1.0.0", n.ticks)
	n.host.SetStreamHandler("/interop/shelf/1.0.0", n.plain(quote))
	n.host.SetStreamHandler("/peerkeep/mux/1.0.0/interop/shelf/1.0.0", n.muxed(quote))
	n.host.SetStreamHandler(directID, n.plain(n.takeDirect))
}

// answerer turns a request of a peer into an answer, or a *Failure.
type answerer func(request []byte, s network.Stream) ([]byte, *Failure)

func quote(request []byte, _ network.Stream) ([]byte, *Failure) {
	var wanted struct {
		Item  string `json:"item"`
		After int    `json:"afterMs"`
	}
	if err := json.Unmarshal(request, &wanted); err != nil || wanted.Item == "" {
		return nil, &Failure{"invalid", "item must be a text"}
	}
	if wanted.Item == "unicorn" {
		return nil, &Failure{"x-sold-out", "there are none left"}
	}
	time.Sleep(time.Duration(wanted.After) * time.Millisecond)
	answer, err := json.Marshal(map[string]any{"item": wanted.Item, "price": len(wanted.Item)})
	if err != nil {
		return nil, &Failure{Code: "internal"}
	}
	return answer, nil
}

func when(request []byte, _ network.Stream) ([]byte, *Failure) {
	var after durationpb.Duration
	if err := proto.Unmarshal(request, &after); err != nil {
		return nil, &Failure{"undecodable", "no Duration"}
	}
	answer, err := proto.Marshal(timestamppb.New(time.Unix(1_700_000_000, 0).Add(after.AsDuration())))
	if err != nil {
		return nil, &Failure{Code: "internal"}
	}
	return answer, nil
}

// plain serves one request a stream.
func (n *Node) plain(answer answerer) network.StreamHandler {
	return func(s network.Stream) {
		defer s.Reset()
		request, err := readRequest(s)
		if err != nil {
			return
		}
		bytes, failure := answer(request, s)
		if failure != nil {
			_, err = s.Write(failureFrame(failure))
		} else {
			_, err = s.Write(frame(bytes))
		}
		if err == nil {
			s.Close()
		}
	}
}

func readRequest(s network.Stream) ([]byte, error) {
	if err := s.SetDeadline(time.Now().Add(servePatience)); err != nil {
		return nil, err
	}
	r := bufio.NewReader(s)
	request, err := readFrame(r)
	if err != nil {
		return nil, err
	}
	if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than a request")
	}
	return request, nil
}

// ticks serves a stream of items, and tells when the one who asked has left.
func (n *Node) ticks(s network.Stream) {
	defer s.Reset()
	bytes, err := readRequest(s)
	if err != nil {
		return
	}
	var request struct {
		Count     int `json:"count"`
		FailAfter int `json:"failAfter"`
	}
	if err := json.Unmarshal(bytes, &request); err != nil {
		s.Write(failureFrame(&Failure{"undecodable", "no JSON"}))
		s.Close()
		return
	}
	for i := range request.Count {
		if request.FailAfter > 0 && i == request.FailAfter {
			s.Write(failureFrame(&Failure{"x-worn-out", "no more ticks"}))
			break
		}
		item, _ := json.Marshal(map[string]any{"n": i})
		if _, err := s.Write(frame(item)); err != nil {
			n.out.write(map[string]any{"event": "left", "protocol": s.Protocol(), "sent": i})
			return
		}
	}
	s.Close()
}
