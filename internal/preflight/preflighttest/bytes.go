package preflighttest

import (
	"encoding/binary"
	"slices"
)

// cat concatenates bytes. The functions below encode n in so many bits, big-endian or
// (le) little-endian.
func cat(parts ...[]byte) []byte { return slices.Concat(parts...) }

func u8(n int) []byte { return []byte{byte(n)} }

func u16(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }

func u32(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

func u64(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func le16(n int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(n)) }

func le24(n int) []byte { return le32(n)[:3] }

func le32(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }

func zeros(n int) []byte { return make([]byte, n) }
