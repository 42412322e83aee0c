package store

import (
	"errors"
	"testing"
	"testing/synctest"
)

// folderDisk stands in for the folder. Each flush waits for its result.
type folderDisk struct {
	results chan error
	flushes int
}

func (d *folderDisk) open() (flusher, error) { return d, nil }
func (d *folderDisk) Close() error           { return nil }

func (d *folderDisk) Sync() error {
	d.flushes++
	return <-d.results
}

func persistAll(n *names, ids ...string) (results []chan error) {
	for _, id := range ids {
		result := make(chan error, 1)
		results = append(results, result)
		go func() { result <- n.persist(id) }()
	}
	return results
}

func wantResults(t *testing.T, results []chan error, want error) {
	t.Helper()
	for i, result := range results {
		if err := <-result; !errors.Is(err, want) {
			t.Errorf("%d: %v, want %v", i, err, want)
		}
	}
}

func TestUploadsThatEndTogetherShareAFlushOfTheFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &folderDisk{results: make(chan error)}
		n := newNames(disk.open)
		n.add("first")
		first := persistAll(n, "first")
		synctest.Wait() // its flush runs
		n.add("created during the flush")
		n.add("another")
		later := persistAll(n, "created during the flush", "another", "of another process")
		served := persistAll(n, "first")
		synctest.Wait()
		disk.results <- nil
		wantResults(t, append(first, served...), nil)
		disk.results <- nil
		wantResults(t, later, nil)
		if disk.flushes != 2 {
			t.Errorf("%d flushes for 4 uploads, want 2", disk.flushes)
		}
	})
}

func TestNameThatIsDurableAlreadyNeedsNoFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &folderDisk{results: make(chan error, 1)}
		n := newNames(disk.open)
		n.add("a")
		n.add("b")
		disk.results <- nil
		wantResults(t, persistAll(n, "a"), nil)
		wantResults(t, persistAll(n, "b"), nil)
		if disk.flushes != 1 {
			t.Errorf("%d flushes, want 1", disk.flushes)
		}
	})
}

func TestFailedFlushOfTheFolderIsNotTrustedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &folderDisk{results: make(chan error, 1)}
		n := newNames(disk.open)
		for _, id := range []string{"ends now", "shares the flush", "ends later"} {
			n.add(id)
		}
		failing := persistAll(n, "ends now", "shares the flush")
		synctest.Wait()
		n.add("created during the flush")
		n.add("removed and created again")
		disk.results <- errors.New("EIO")
		wantResults(t, failing, errNotFlushed)
		wantResults(t, persistAll(n, "ends later", "of another process"), errNotFlushed)

		n.add("ends now")
		renewed := persistAll(n, "ends now", "created during the flush")
		disk.results <- nil
		wantResults(t, renewed, nil)
	})
}

func TestFlushAfterAFailureDoesNotServeTheNamesBeforeIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &folderDisk{results: make(chan error)}
		n := newNames(disk.open)
		n.add("a")
		first := persistAll(n, "a")
		synctest.Wait()
		unknown := persistAll(n, "of another process") // joins the next flush
		synctest.Wait()
		disk.results <- errors.New("EIO")
		disk.results <- nil
		wantResults(t, append(first, unknown...), errNotFlushed)
	})
}

func TestFolderThatCannotBeOpenedFailsOnlyTheWaiting(t *testing.T) {
	full := errors.New("too many open files")
	disk := &folderDisk{results: make(chan error, 1)}
	opened := func() (flusher, error) { return nil, full }
	n := newNames(func() (flusher, error) { return opened() })
	n.add("a")
	if err := n.persist("a"); !errors.Is(err, full) || errors.Is(err, errNotFlushed) {
		t.Errorf("got %v, want %v only", err, full)
	}
	opened = disk.open
	disk.results <- nil
	if err := n.persist("a"); err != nil {
		t.Error(err)
	}
}
