package main

import "mediarelay/internal/uploader"

// handles are the uploads by the number that the worker knows them by.
type handles struct {
	machines map[int32]*uploader.Machine
	last     int32
}

func newHandles() handles {
	return handles{machines: make(map[int32]*uploader.Machine)}
}

func (h *handles) add(m *uploader.Machine) int32 {
	h.last++
	h.machines[h.last] = m
	return h.last
}

func (h *handles) get(handle int32) (*uploader.Machine, bool) {
	m, ok := h.machines[handle]
	return m, ok
}

func (h *handles) remove(handle int32) { delete(h.machines, handle) }
