package sandbox

// recent is a map that forgets its oldest entries past a limit.
type recent[K comparable, V any] struct {
	limit  int
	values map[K]V
	order  []K
}

func newRecent[K comparable, V any](limit int) *recent[K, V] {
	return &recent[K, V]{limit: limit, values: map[K]V{}}
}

// put adds an entry under a key that was never used before.
func (r *recent[K, V]) put(key K, value V) {
	r.values[key] = value
	r.order = append(r.order, key)
	if len(r.order) > r.limit {
		delete(r.values, r.order[0])
		r.order = r.order[1:]
	}
}

func (r *recent[K, V]) get(key K) (V, bool) {
	value, ok := r.values[key]
	return value, ok
}

func (r *recent[K, V]) remove(key K) { delete(r.values, key) }

// list gives what is remembered, oldest first.
func (r *recent[K, V]) list() []V {
	values := make([]V, 0, len(r.values))
	for _, key := range r.order {
		if value, ok := r.values[key]; ok {
			values = append(values, value)
		}
	}
	return values
}
