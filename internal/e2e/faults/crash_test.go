package faults

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

	"mediarelay/internal/e2e/stage"
)

// Six uploads are running and the server is killed at one step of a file's lifecycle.
// After the next start all are relayed whole within a minute. Only answers that were lost
// with the process cost an object or a handle, and each of those is counted.
func TestKillAtAnyStepLosesNothing(t *testing.T) {
	for _, step := range crashPoints {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			t.Parallel()
			i := stage.NewProcess(t)
			crashAt(i, step, 3)
			i.Start()
			crashAndRecover(i, step, jpegFiles(t, 6, 300_000))
		})
	}
}

// crashAndRecover sends files while the server crashes at a step and is started again.
func crashAndRecover(i *stage.Process, step string, files []*stage.File) {
	i.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*stage.RecoveryTimeout)
	defer cancel()
	ends := make(chan map[*stage.File]stage.Upload)
	go func() { ends <- i.SendAll(ctx, files) }()
	wantCrash(i, step)
	i.WantNothingUnchecked()
	crashAt(i, "", 0)
	i.Start()
	began := time.Now()
	carried := <-ends
	took := time.Since(began)
	orphans := i.WantRelayed(carried)
	counted := i.Metric("mediarelay_relay_ambiguous_total")
	i.Logf("done %v after the start, %d unused objects, %v counted", took, orphans, counted)
	if took > stage.RecoveryTimeout {
		i.Errorf("it took %v", took)
	}
	if float64(orphans) > counted {
		i.Errorf("the provider has %d unused objects, and %v are counted", orphans, counted)
	}
	if slices.Contains([]string{afterMediaID, afterHandle, afterEarlyMediaID, afterEarlyHandle}, step) && orphans == 0 {
		i.Error("the lost answer left no unused object: the crash came at another point")
	}
	i.Signal(syscall.SIGTERM)
}

// crashAt makes the next process crash when it reaches a step for the nth time; no step
// means never.
func crashAt(i *stage.Process, step string, nth int) {
	i.Program = crashingProgram
	i.Env[crashAtEnv], i.Env[crashNthEnv] = step, strconv.Itoa(nth)
}

// wantCrash waits until the process has killed itself at a step.
func wantCrash(i *stage.Process, step string) {
	i.Helper()
	state := i.AwaitExit()
	if how, ok := state.Sys().(syscall.WaitStatus); !ok || how.Signal() != syscall.SIGKILL {
		i.Errorf("the process ended with %v", state)
	}
	if i.ServerLog.LineWith("crashed "+step) == "" {
		i.Errorf("the process did not crash %s: %s", step, i.ServerLog.Tail())
	}
}

// The same with fifty files and many kills, at random moments and random steps.
func TestManyKillsLoseNothing(t *testing.T) {
	stage.LongTest(t)
	const kills = 40
	seed := rand.Uint64()
	if given, err := strconv.ParseUint(os.Getenv("MEDIARELAY_TEST_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Logf("MEDIARELAY_TEST_SEED=%d repeats these kills", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	i := stage.NewProcess(t)
	i.Env[earlyEnv] = "all"
	all := slices.Concat(crashPoints, earlyCrashPoints)
	files := jpegFiles(t, 50, 4_000_000)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	ends := make(chan map[*stage.File]stage.Upload)
	go func() { ends <- i.SendAll(ctx, files) }()
	died := map[bool]int{}
	for range kills {
		crashAt(i, all[random.IntN(len(all))], 1+random.IntN(3))
		i.Start()
		select {
		case <-i.Ended:
			i.AwaitExit()
			died[true]++
		case <-time.After(time.Duration(200+random.IntN(1300)) * time.Millisecond): // a random moment
			i.Signal(syscall.SIGKILL)
			died[false]++
		}
	}
	crashAt(i, "", 0)
	i.Start()
	began := time.Now()
	carried := <-ends
	orphans := i.WantRelayed(carried)
	counted := i.LoggedOrphans()
	t.Logf("%d crashed at a step, %d were killed; done %v after the last start; %d unused objects, %d logged",
		died[true], died[false], time.Since(began), orphans, counted)
	if len(died) != 2 || orphans > counted {
		t.Errorf("crashes at a step: %v; %d unused objects, %d logged", died, orphans, counted)
	}
	i.Signal(syscall.SIGTERM)
}

// Fifty files at each step, as many of them sent early as there are slots.
func TestKillAtAnyStepWithFiftyFiles(t *testing.T) {
	stage.LongTest(t)
	for _, step := range slices.Concat(crashPoints, earlyCrashPoints) {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			i := stage.NewProcess(t)
			i.Env[earlyEnv] = "all"
			nth := 25
			if slices.Contains(earlyCrashPoints, step) {
				nth = 2
			}
			crashAt(i, step, nth)
			i.Start()
			arriving := earlyFiles(t, earlySlots/2) // two requests for each file
			for _, f := range arriving {
				waitForBothCopies(i, f, func() {})
			}
			crashAndRecover(i, step, append(jpegFiles(t, 50-len(arriving), 300_000), arriving...))
		})
	}
}
