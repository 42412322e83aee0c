//go:build !unix

package app

import "os"

// usableFolder reports why a folder cannot be read. On this system the permission to
// write shows at the start only.
func usableFolder(dir string) error {
	_, err := os.Stat(dir)
	if os.IsNotExist(err) {
		return nil
	}
	return err
}
