package database

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Name identifies the database of a URL for people: the file, or server and database.
// It never contains a password.
func Name(rawURL string) string {
	if path, ok := strings.CutPrefix(rawURL, "sqlite:"); ok {
		if absolute, err := filepath.Abs(path); err == nil {
			path = absolute
		}
		return "sqlite:" + path
	}
	config, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return "the configured database" // the error may quote the URL
	}
	if strings.HasPrefix(config.Host, "/") { // a Unix socket
		return fmt.Sprintf("postgres database %s on %s", config.Database, config.Host)
	}
	return fmt.Sprintf("postgres database %s on %s", config.Database, net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))))
}
