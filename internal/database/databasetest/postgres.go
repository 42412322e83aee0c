package databasetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// errAbsent: Postgres is not installed.
var errAbsent = errors.New("postgres is not installed (on Debian: apt-get install postgresql)")

// alive is a pipe to the server, open while this process runs. The variable keeps the
// garbage collector from closing it.
var alive io.Closer //nolint:unused // only referenced

// server is started once in a test binary and stops with it.
var server = sync.OnceValues(startPostgres)

// PostgresURL returns the URL of an empty schema on the test server.
func PostgresURL(t *testing.T) string {
	t.Helper()
	base, err := server()
	if errors.Is(err, errAbsent) && !required() {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	schema := createSchema(t, base)
	return base + "&search_path=" + schema
}

func required() bool {
	names := strings.Split(os.Getenv("MEDIARELAY_TEST_REQUIRE"), ",")
	return slices.Contains(names, "postgres")
}

func createSchema(t *testing.T, base string) string {
	t.Helper()
	db, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	schema := "test_" + randomHex()
	if _, err := db.ExecContext(t.Context(), "CREATE SCHEMA "+schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// startPostgres creates a cluster in a temporary folder and starts a server on a Unix
// socket in it.
func startPostgres() (string, error) {
	bin, err := findPostgres()
	if err != nil {
		return "", err
	}
	dir, credential, err := clusterFolder()
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "data")
	initialise := command(credential, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
	if out, err := initialise.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := launch(bin, dir, credential); err != nil {
		return "", err
	}
	address := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres"}
	address.RawQuery = url.Values{"host": {dir}, "sslmode": {"disable"}}.Encode()
	return address.String(), awaitReady(address.String())
}

// launch runs the server under a shell. When the pipe from this process closes, the
// shell stops the server and removes its folder.
func launch(bin, dir string, credential *syscall.SysProcAttr) error {
	const script = `"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=200 >"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -INT $server; wait $server; rm -rf "$2"`
	cmd := command(credential, "/bin/sh", "-c", script, "sh", bin, dir)
	var err error
	if alive, err = cmd.StdinPipe(); err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	return nil
}

func awaitReady(address string) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w", err)
		case <-time.After(20 * time.Millisecond): // a starting server sends no event
		}
	}
}

// clusterFolder creates the folder, owned by the user that the server runs as. Postgres
// refuses to run as root, so root uses Debian's postgres user.
func clusterFolder() (string, *syscall.SysProcAttr, error) {
	dir, err := os.MkdirTemp("", "mediarelay-postgres-")
	if err != nil || os.Getuid() != 0 {
		return dir, nil, err
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return "", nil, fmt.Errorf("running as root, %w: user postgres is missing", errAbsent)
	}
	uid, _ := strconv.Atoi(account.Uid) // the operating system guarantees numbers
	gid, _ := strconv.Atoi(account.Gid)
	attributes := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return dir, attributes, os.Chown(dir, uid, gid)
}

func command(as *syscall.SysProcAttr, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.SysProcAttr = as
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	return cmd
}

// findPostgres returns the folder with initdb and postgres, which is not on the PATH on
// Debian.
func findPostgres() (string, error) {
	candidates, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well formed
	if path, err := exec.LookPath("initdb"); err == nil {
		candidates = append(candidates, filepath.Dir(path))
	}
	for _, dir := range slices.Backward(candidates) {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	return "", errAbsent
}

func randomHex() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(bytes.Clone(b[:]))
}
