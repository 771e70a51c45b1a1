package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

const (
	maxFrameBytes = 64 * 1024
	// a length that no message has stands in front of a failure
	failureMark     = math.MaxUint32
	maxFailureBytes = 512
)

// Failure is what the other side tells instead of an answer.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f *Failure) Error() string { return fmt.Sprintf("%s: %s", f.Code, f.Message) }

// readFrame returns the next message, io.EOF when the other side has closed before one, and what it has told of a *Failure.
func readFrame(r *bufio.Reader) ([]byte, error) {
	length, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, err
	}
	if length == failureMark {
		bytes, err := readBytes(r, maxFailureBytes)
		if err != nil {
			return nil, noEOF(err)
		}
		failure, err := parseFailure(bytes)
		if err != nil {
			return nil, err
		}
		return nil, failure
	}
	return readRest(r, length, maxFrameBytes)
}

func readBytes(r *bufio.Reader, most uint64) ([]byte, error) {
	length, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, err
	}
	return readRest(r, length, most)
}

func readRest(r *bufio.Reader, length, most uint64) ([]byte, error) {
	if length > most {
		return nil, fmt.Errorf("a frame of %d bytes, %d are allowed", length, most)
	}
	message := make([]byte, length)
	_, err := io.ReadFull(r, message)
	return message, noEOF(err)
}

// noEOF: an end in the middle of something is not one.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// frame is a message behind its length.
func frame(message []byte) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(message))), message...)
}

func failureFrame(failure *Failure) []byte {
	return append(binary.AppendUvarint(nil, failureMark), frame(failure.marshal())...)
}

func (f *Failure) marshal() []byte {
	b := protowire.AppendTag(nil, 1, protowire.BytesType)
	b = protowire.AppendString(b, f.Code)
	b = protowire.AppendTag(b, 2, protowire.BytesType)
	return protowire.AppendString(b, f.Message)
}

func parseFailure(b []byte) (*Failure, error) {
	fields, err := parseFields(b)
	if err != nil {
		return nil, err
	}
	return &Failure{Code: string(fields.bytes[1]), Message: string(fields.bytes[2])}, nil
}

// fields of a protobuf message that repeats none: enough for the messages that are met here.
type fields struct {
	bytes   map[protowire.Number][]byte
	numbers map[protowire.Number]uint64
}

func parseFields(b []byte) (fields, error) {
	found := fields{map[protowire.Number][]byte{}, map[protowire.Number]uint64{}}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return found, protowire.ParseError(n)
		}
		b = b[n:]
		switch kind {
		case protowire.BytesType:
			found.bytes[number], n = protowire.ConsumeBytes(b)
		case protowire.VarintType:
			found.numbers[number], n = protowire.ConsumeVarint(b)
		default:
			n = protowire.ConsumeFieldValue(number, kind, b)
		}
		if n < 0 {
			return found, protowire.ParseError(n)
		}
		b = b[n:]
	}
	return found, nil
}
