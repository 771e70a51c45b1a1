package main

import (
	"context"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/record"
)

const roleLight = 4

// introduce exchanges signed records with a peer, and tells what its own says.
func (n *Node) introduce(ctx context.Context, to peer.ID, networkName string) (any, error) {
	own, err := n.ownRecord()
	if err != nil {
		return nil, err
	}
	request := appendBytes(nil, 1, []byte(networkName))
	request = appendNumber(request, 2, roleLight)
	request = appendBytes(request, 3, own)
	answer, err := n.ask(ctx, to, "/peerkeep/pex/1.0.0", request)
	if err != nil {
		return nil, err
	}
	response, err := parseFields(answer)
	if err != nil {
		return nil, err
	}
	envelope, told, err := record.ConsumeEnvelope(response.bytes[4], peer.PeerRecordEnvelopeDomain)
	if err != nil {
		return nil, err
	}
	theirs, ok := told.(*peer.PeerRecord)
	if !ok || !theirs.PeerID.MatchesPublicKey(envelope.PublicKey) {
		return nil, fmt.Errorf("no record of its signer: %v", told)
	}
	return map[string]any{"status": response.numbers[1], "network": string(response.bytes[2]), "peer": theirs.PeerID.String(), "addrs": theirs.Addrs}, nil
}

func (n *Node) ownRecord() ([]byte, error) {
	key := n.host.Peerstore().PrivKey(n.host.ID())
	own := &peer.PeerRecord{PeerID: n.host.ID(), Addrs: n.host.Addrs(), Seq: uint64(time.Now().UnixMilli())}
	envelope, err := record.Seal(own, key)
	if err != nil {
		return nil, err
	}
	return envelope.Marshal()
}
