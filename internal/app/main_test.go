package app_test

import (
	"net/http/httptest"
	"testing"

	"mediarelay/internal/app"
	"mediarelay/internal/config"
	"mediarelay/internal/database"
	"mediarelay/internal/e2e/stage"
)

func TestMain(m *testing.M) { stage.Main(m, stage.Suite{}) }

// assembled starts an application of which the test sees the inside, and a client of its
// public handler with a token for the channel dialog. It ends with the test.
func assembled(t *testing.T, cfg config.Config, options ...database.Option) (*app.Application, *stage.Server) {
	t.Helper()
	a, err := app.Assemble(t.Context(), app.Options{Config: cfg, WebFiles: stage.WebFiles, Database: options})
	if err != nil {
		t.Fatal(err)
	}
	public := httptest.NewServer(a.Public())
	a.Start()
	t.Cleanup(func() {
		public.Close()
		a.Stop()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, &stage.Server{TB: t, URL: public.URL, Token: tokenFor(t, cfg, "dialog")}
}
