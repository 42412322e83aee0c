package storage

// Recent is a map that evicts its oldest entry if it has too many. It is not safe for
// concurrent use.
type Recent[K comparable, V any] struct {
	limit  int
	values map[K]V
	order  []K
}

// NewRecent makes a map of at most limit entries.
func NewRecent[K comparable, V any](limit int) *Recent[K, V] {
	return &Recent[K, V]{limit: limit, values: map[K]V{}}
}

// Put adds an entry. The key must never have been used.
func (r *Recent[K, V]) Put(key K, value V) {
	r.values[key] = value
	r.order = append(r.order, key)
	if len(r.order) > r.limit {
		delete(r.values, r.order[0])
		r.order = r.order[1:]
	}
}

// Get returns the entry of a key.
func (r *Recent[K, V]) Get(key K) (V, bool) {
	value, ok := r.values[key]
	return value, ok
}

// Remove removes the entry of a key, if there is one.
func (r *Recent[K, V]) Remove(key K) { delete(r.values, key) }

// List returns the entries, oldest first.
func (r *Recent[K, V]) List() []V {
	values := make([]V, 0, len(r.values))
	for _, key := range r.order {
		if value, ok := r.values[key]; ok {
			values = append(values, value)
		}
	}
	return values
}
