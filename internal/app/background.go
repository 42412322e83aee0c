package app

import (
	"context"
	"sync"
)

// background is a group of workers that end together.
type background struct {
	workers sync.WaitGroup
	cancels []context.CancelFunc
}

func (b *background) run(worker func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	b.cancels = append(b.cancels, cancel)
	b.workers.Go(func() { worker(ctx) })
}

func (b *background) stop() {
	for _, cancel := range b.cancels {
		cancel()
	}
	b.workers.Wait()
}
