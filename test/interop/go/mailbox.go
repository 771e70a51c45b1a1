package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

const statusOK = 1

// leave seals a message to a peer that is away, and leaves it with its mailbox.
func (n *Node) leave(ctx context.Context, mailbox peer.ID, order DirectOrder) (any, error) {
	owner, err := peer.Decode(order.Owner)
	if err != nil {
		return nil, err
	}
	prekey, err := n.prekeyOf(ctx, mailbox, owner)
	if err != nil {
		return nil, err
	}
	sealed, err := n.seal(owner, prekey, n.direct.message(owner, order))
	if err != nil {
		return nil, err
	}
	answer, err := n.ask(ctx, mailbox, "/peerkeep/messaging/mailbox/deposit/1.0.0", appendBytes(nil, 1, sealed))
	if err != nil {
		return nil, err
	}
	statuses, err := parseFields(answer)
	if err != nil || len(statuses.bytes[1]) != 1 {
		return nil, fmt.Errorf("no statuses: %x, %v", answer, err)
	}
	return map[string]any{"status": statuses.bytes[1][0]}, nil
}

// prekeyOf asks a mailbox for the card of an owner.
func (n *Node) prekeyOf(ctx context.Context, mailbox, owner peer.ID) ([]byte, error) {
	answer, err := n.ask(ctx, mailbox, "/peerkeep/messaging/card/1.0.0", appendBytes(nil, 1, []byte(owner)))
	if err != nil {
		return nil, err
	}
	response, err := parseFields(answer)
	if err != nil {
		return nil, err
	}
	payload, key, err := consume("card", response.bytes[1])
	if err != nil {
		return nil, err
	}
	if !owner.MatchesPublicKey(key) {
		return nil, fmt.Errorf("a card of another than %s", owner)
	}
	card, err := parseFields(payload)
	if err != nil {
		return nil, err
	}
	prekey, err := parseFields(card.bytes[3])
	if err != nil {
		return nil, err
	}
	if prekey.numbers[1] != suiteX25519 || prekey.numbers[3] < uint64(time.Now().UnixMilli()) {
		return nil, fmt.Errorf("no prekey that can be used: %v", prekey)
	}
	return prekey.bytes[2], nil
}

// register makes a peer the mailbox of this node.
func (n *Node) register(ctx context.Context, mailbox peer.ID) (any, error) {
	prekey, err := kem.GenerateKey()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	key := appendNumber(nil, 1, suiteX25519)
	key = appendBytes(key, 2, prekey.PublicKey().Bytes())
	key = appendNumber(key, 3, uint64(now.Add(time.Hour).UnixMilli()))
	card := appendNumber(nil, 1, uint64(now.UnixMilli()))
	card = appendNumber(card, 2, uint64(now.Add(time.Hour).UnixMilli()))
	card = appendBytes(card, 3, key)
	card = appendBytes(card, 4, appendBytes(nil, 1, []byte(mailbox)))
	signed, err := n.sign("card", card)
	if err != nil {
		return nil, err
	}
	answer, err := n.ask(ctx, mailbox, "/peerkeep/messaging/mailbox/register/1.0.0", appendBytes(nil, 1, signed))
	if err != nil {
		return nil, err
	}
	response, err := parseFields(answer)
	if err != nil {
		return nil, err
	}
	if response.numbers[1] == statusOK {
		n.prekey = prekey
	}
	return map[string]any{"status": response.numbers[1]}, nil
}

// fetch returns the first message that is kept for this node, opened.
func (n *Node) fetch(ctx context.Context, mailbox peer.ID) (any, error) {
	answer, err := n.ask(ctx, mailbox, "/peerkeep/messaging/mailbox/fetch/1.0.0", nil)
	if err != nil {
		return nil, err
	}
	response, err := parseFields(answer)
	if err != nil || response.numbers[1] != statusOK || response.bytes[2] == nil {
		return nil, err
	}
	kept, err := parseFields(response.bytes[2])
	if err != nil {
		return nil, err
	}
	encoded, from, err := n.unseal(kept.bytes[2], n.prekey)
	if err != nil {
		return nil, err
	}
	message, err := parseFields(encoded)
	if err != nil {
		return nil, err
	}
	return map[string]any{"from": from.String(), "name": string(message.bytes[5]), "payload": json.RawMessage(message.bytes[7])}, nil
}
