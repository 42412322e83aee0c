package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"mediarelay/internal/store"
)

func TestSpaceOfAFolder(t *testing.T) {
	dir := t.TempDir()
	for name, size := range map[string]int{"a": 1000, "sub/b": 500} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if used, err := store.UsedBytes(t.Context(), dir); err != nil || used != 1500 {
		t.Errorf("used %d, %v", used, err)
	}
	if free, err := store.FreeBytes(dir); err != nil || free <= 0 {
		t.Errorf("free %d, %v", free, err)
	}
	if _, err := store.UsedBytes(t.Context(), filepath.Join(dir, "missing")); err == nil {
		t.Error("a folder that is missing has a size")
	}
}
