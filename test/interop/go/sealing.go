package main

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/bits"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/record"
)

const suiteX25519 = 1

var kem = hpke.DHKEM(ecdh.X25519())

// signedBytes is the payload of a signed envelope of a kind of its own.
type signedBytes struct {
	name  string
	bytes []byte
}

func (s *signedBytes) Domain() string                 { return "peerkeep-messaging-" + s.name }
func (s *signedBytes) Codec() []byte                  { return []byte("/peerkeep/messaging/" + s.name) }
func (s *signedBytes) MarshalRecord() ([]byte, error) { return s.bytes, nil }
func (s *signedBytes) UnmarshalRecord(b []byte) error { s.bytes = b; return nil }

// sign returns the envelope.
func (n *Node) sign(name string, payload []byte) ([]byte, error) {
	envelope, err := record.Seal(&signedBytes{name, payload}, n.host.Peerstore().PrivKey(n.host.ID()))
	if err != nil {
		return nil, err
	}
	return envelope.Marshal()
}

// consume returns the payload of an envelope, and the key that signed it.
func consume(name string, envelope []byte) ([]byte, crypto.PubKey, error) {
	payload := &signedBytes{name: name}
	e, err := record.ConsumeTypedEnvelope(envelope, payload)
	if err != nil {
		return nil, nil, err
	}
	if !bytes.Equal(e.PayloadType, payload.Codec()) {
		return nil, nil, errors.New("an envelope of another type")
	}
	return payload.bytes, e.PublicKey, nil
}

// seal makes the envelope of a message that only the recipient can open.
func (n *Node) seal(to peer.ID, prekey, message []byte) ([]byte, error) {
	public, err := kem.NewPublicKey(prekey)
	if err != nil {
		return nil, err
	}
	id, expiresMs := random(16), uint64(time.Now().Add(lifetime).UnixMilli())
	info, err := infoOf(to, n.host.Peerstore().PubKey(n.host.ID()), keyID(prekey))
	if err != nil {
		return nil, err
	}
	enc, sender, err := hpke.NewSender(public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info)
	if err != nil {
		return nil, err
	}
	ciphertext, err := sender.Seal(aadOf(id, expiresMs), padded(message))
	if err != nil {
		return nil, err
	}
	b := appendNumber(nil, 1, suiteX25519)
	b = appendBytes(b, 2, []byte(to))
	b = appendBytes(b, 3, keyID(prekey))
	b = appendBytes(b, 4, enc)
	b = appendBytes(b, 5, ciphertext)
	b = appendNumber(b, 6, expiresMs)
	return n.sign("sealed", appendBytes(b, 7, id))
}

// unseal returns the message in an envelope and who signed it.
func (n *Node) unseal(envelope []byte, prekey hpke.PrivateKey) ([]byte, peer.ID, error) {
	payload, key, err := consume("sealed", envelope)
	if err != nil {
		return nil, "", err
	}
	from, err := peer.IDFromPublicKey(key)
	if err != nil {
		return nil, "", err
	}
	sealed, err := parseFields(payload)
	if err != nil {
		return nil, "", err
	}
	if !bytes.Equal(sealed.bytes[3], keyID(prekey.PublicKey().Bytes())) {
		return nil, "", errors.New("sealed to another key")
	}
	info, err := infoOf(n.host.ID(), key, sealed.bytes[3])
	if err != nil {
		return nil, "", err
	}
	recipient, err := hpke.NewRecipient(sealed.bytes[4], prekey, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info)
	if err != nil {
		return nil, "", err
	}
	plain, err := recipient.Open(aadOf(sealed.bytes[7], sealed.numbers[6]), sealed.bytes[5])
	if err != nil {
		return nil, "", err
	}
	plain = bytes.TrimRight(plain, "\x00")
	if !bytes.HasSuffix(plain, []byte{0x80}) {
		return nil, "", errors.New("not padded")
	}
	return plain[:len(plain)-1], from, nil
}

func keyID(prekey []byte) []byte {
	sum := sha256.Sum256(prekey)
	return sum[:16]
}

func infoOf(recipient peer.ID, sender crypto.PubKey, key []byte) ([]byte, error) {
	encoded, err := crypto.MarshalPublicKey(sender)
	return join([]byte("peerkeep-messaging-sealed"), []byte(recipient), encoded, key), err
}

func aadOf(id []byte, expiresMs uint64) []byte {
	return join(id, binary.BigEndian.AppendUint64(nil, expiresMs))
}

func join(parts ...[]byte) (all []byte) {
	for _, part := range parts {
		all = append(binary.BigEndian.AppendUint16(all, uint16(len(part))), part...)
	}
	return all
}

// padded hides how long a message is, to within some percent (Padmé).
func padded(message []byte) []byte {
	n := len(message) + 1
	length := 256
	if n > length {
		e := bits.Len(uint(n)) - 1
		step := 1 << (e - bits.Len(uint(e)))
		length = (n + step - 1) / step * step
	}
	all := make([]byte, length)
	copy(all, message)
	all[len(message)] = 0x80
	return all
}
