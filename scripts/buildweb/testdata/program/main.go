// Command program exercises the parts of the Go runtime that read the linker's
// data: pointer maps while the garbage collector runs and stacks grow, deferred
// calls while a panic unwinds, and function names, by which the runtime counts
// only the program's own goroutines.
package main

import (
	"runtime"
	"strings"
)

type node struct {
	next  *node
	value int
}

// deep keeps a pointer in each frame, grows the stack many times and collects
// garbage in between, so a wrong pointer map shows as a wrong sum or a crash.
func deep(depth int) int {
	if depth == 0 {
		runtime.GC()
		return 0
	}
	held := &node{next: &node{value: depth}}
	garbage := make([]*node, 16)
	for i := range garbage {
		garbage[i] = &node{value: i}
	}
	below := deep(depth - 1)
	return below + held.next.value
}

func caught(depth int) (text string) {
	defer func() {
		if problem := recover(); problem != nil {
			text = problem.(runtime.Error).Error()
		}
	}()
	return string(make([]byte, 1)[depth:][5:])
}

func grown(n int) int {
	words := map[string][]string{}
	for i := range n {
		key := strings.Repeat("k", i%97)
		words[key] = append(words[key], strings.ToUpper(key))
	}
	runtime.GC()
	return len(words)
}

func main() {
	own := runtime.NumGoroutine() // without the collector's
	sums := make(chan int)
	for range 4 {
		go func() { sums <- deep(20_000) }()
	}
	total := 0
	for range 4 {
		total += <-sums
	}
	println(total, grown(100_000), caught(0), own)
}
