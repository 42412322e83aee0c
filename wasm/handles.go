package main

// handles maps numbers, by which the worker refers to things, to the things.
type handles[T any] struct {
	things map[int32]T
	last   int32
}

func newHandles[T any]() handles[T] {
	return handles[T]{things: make(map[int32]T)}
}

func (h *handles[T]) add(thing T) int32 {
	h.last++
	h.things[h.last] = thing
	return h.last
}

func (h *handles[T]) get(handle int32) (T, bool) {
	thing, ok := h.things[handle]
	return thing, ok
}

func (h *handles[T]) remove(handle int32) { delete(h.things, handle) }
