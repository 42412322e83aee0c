package httpapi

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddress returns the address of the client. A forwarding header counts only if
// the connection comes from a trusted proxy: anybody can send one. Of the addresses in
// it, the rightmost one that is not a trusted proxy is the client's, because each proxy
// appends the address that it saw, and what is left of the client's was sent by the
// client.
//
// If both headers are there and disagree, a client sent the one that the proxy does not
// set. Which one that is cannot be told, so the connection's address is returned.
func clientAddress(r *http.Request, trusted []netip.Prefix) string {
	peer, ok := hop(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr
	}
	if !isTrusted(peer, trusted) {
		return peer.String()
	}
	found := peer
	for _, chain := range [][]string{forwardedFor(r.Header), forwarded(r.Header)} {
		if len(chain) == 0 {
			continue
		}
		client := rightmost(chain, peer, trusted)
		if found != peer && found != client {
			return peer.String()
		}
		found = client
	}
	return found.String()
}

// rightmost walks from the proxy next to us towards the client. It stops at what is not
// an address, such as "unknown", since nothing left of it can be believed.
func rightmost(chain []string, peer netip.Addr, trusted []netip.Prefix) netip.Addr {
	last := peer
	for i := len(chain) - 1; i >= 0; i-- {
		address, ok := hop(chain[i])
		if !ok {
			return last
		}
		last = address
		if !isTrusted(address, trusted) {
			return last
		}
	}
	return last
}

func isTrusted(address netip.Addr, trusted []netip.Prefix) bool {
	for _, network := range trusted {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// hop reads an address, with or without a port.
func hop(text string) (netip.Addr, bool) {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone(""), true
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return address.Unmap().WithZone(""), err == nil
}

// forwardedFor returns the addresses of X-Forwarded-For, the client's first.
func forwardedFor(h http.Header) []string {
	return elements(h.Values("X-Forwarded-For"))
}

// forwarded returns the "for" parameters of Forwarded, the client's first. An element
// without one is a hop that hides its address.
//
// Source: RFC 7239, section 4.
func forwarded(h http.Header) (chain []string) {
	for _, element := range elements(h.Values("Forwarded")) {
		address := ""
		for _, pair := range strings.Split(element, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if strings.EqualFold(name, "for") {
				address = strings.Trim(value, `"`)
			}
		}
		chain = append(chain, address)
	}
	return chain
}

// elements splits the values of a header that is a list.
func elements(values []string) (list []string) {
	for _, value := range values {
		for _, element := range strings.Split(value, ",") {
			list = append(list, strings.TrimSpace(element))
		}
	}
	return list
}
