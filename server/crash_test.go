package main

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// B1: killed at each step of a file's way with six files on theirs, the server
// goes on at its next start: all are relayed within a minute, whole, and at most
// the answers that were lost with it cost an object or a handle, which is counted.
func TestAKillAtAnyStepLosesNothing(t *testing.T) {
	for _, step := range steps {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			t.Parallel()
			i := install(t)
			i.dieAt(step, 3)
			i.start()
			killAndGoOn(i, step, pictures(t, 6, 300_000))
		})
	}
}

// killAndGoOn carries files through one death at a step.
func killAndGoOn(i *installation, step string, files []*sent) {
	i.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*within)
	defer cancel()
	ends := make(chan map[*sent]upload)
	go func() { ends <- i.carry(ctx, files) }()
	i.wantDeath(step)
	i.wantNothingUnchecked()
	i.dieAt("", 0)
	i.start()
	began := time.Now()
	carried := <-ends
	took := time.Since(began)
	orphans := i.wantRelayed(carried)
	counted := i.metric("mediarelay_relay_ambiguous_total")
	i.Logf("done %v after the start, %d objects without a use, %v counted", took, orphans, counted)
	if took > within {
		i.Errorf("it took %v", took)
	}
	if float64(orphans) > counted {
		i.Errorf("the provider has %d objects that nobody uses, and %v are counted", orphans, counted)
	}
	if slices.Contains([]string{afterMediaID, afterHandle, afterEarlyMediaID, afterEarlyHandle}, step) && orphans == 0 {
		i.Error("an answer that was lost cost no object: the death came elsewhere")
	}
	i.signal(syscall.SIGTERM)
}

// dieAt says where the next process dies; nowhere for no step.
func (i *installation) dieAt(step string, nth int) {
	i.program = "mortal"
	i.variables[dieAt], i.variables[dieNth] = step, strconv.Itoa(nth)
}

// wantDeath waits until the process has killed itself at a step.
func (i *installation) wantDeath(step string) {
	i.Helper()
	state := i.awaitDeath()
	if how, ok := state.Sys().(syscall.WaitStatus); !ok || how.Signal() != syscall.SIGKILL {
		i.Errorf("the process ended with %v", state)
	}
	if i.log.lineWith("died "+step) == "" {
		i.Errorf("the process did not die %s: %s", step, i.log.tail())
	}
}

// B1: the same with fifty files, and then a kill at a random moment and at a
// random step, again and again.
func TestManyKillsLoseNothing(t *testing.T) {
	long(t)
	const kills = 40
	seed := rand.Uint64()
	if given, err := strconv.ParseUint(os.Getenv("MEDIARELAY_TEST_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Logf("MEDIARELAY_TEST_SEED=%d makes the same kills again", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	i := install(t)
	i.variables[early] = "all"
	all := slices.Concat(steps, earlySteps)
	files := pictures(t, 50, 4_000_000)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	ends := make(chan map[*sent]upload)
	go func() { ends <- i.carry(ctx, files) }()
	died := map[bool]int{}
	for range kills {
		i.dieAt(all[random.IntN(len(all))], 1+random.IntN(3))
		i.start()
		select {
		case <-i.ended:
			i.awaitDeath()
			died[true]++
		case <-time.After(time.Duration(200+random.IntN(1300)) * time.Millisecond): // the random moment
			i.signal(syscall.SIGKILL)
			died[false]++
		}
	}
	i.dieAt("", 0)
	i.start()
	began := time.Now()
	carried := <-ends
	orphans := i.wantRelayed(carried)
	counted := i.told()
	t.Logf("%d died at a step, %d at a moment; done %v after the last start; %d objects without a use, %d told of",
		died[true], died[false], time.Since(began), orphans, counted)
	if len(died) != 2 || orphans > counted {
		t.Errorf("died %v; %d objects without a use, %d told of", died, orphans, counted)
	}
	i.signal(syscall.SIGTERM)
}

// B1 with fifty files at each step, of which foreruns send as many as they have
// places for.
func TestAKillAtAnyStepWithFiftyFiles(t *testing.T) {
	long(t)
	for _, step := range slices.Concat(steps, earlySteps) {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			i := install(t)
			i.variables[early] = "all"
			nth := 25
			if slices.Contains(earlySteps, step) {
				nth = 2
			}
			i.dieAt(step, nth)
			i.start()
			arriving := arrivals(t, places/2) // both copies of each
			for _, f := range arriving {
				i.waitsForBothForeruns(f, func() {})
			}
			killAndGoOn(i, step, append(pictures(t, 50-len(arriving), 300_000), arriving...))
		})
	}
}
