package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/breaker"
	"mediarelay/internal/config"
	"mediarelay/internal/database"
	"mediarelay/internal/httpapi"
	"mediarelay/internal/intake"
	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/limit"
	"mediarelay/internal/provider/cloudapi"
	"mediarelay/internal/provider/dialog360"
	"mediarelay/internal/provider/onprem"
	"mediarelay/internal/relay"
	"mediarelay/internal/store"
)

// application is everything that runs behind the listeners.
type application struct {
	public, admin http.Handler

	database *database.DB
	leases   *lease.Keeper
	intake   *intake.Intake
	relay    *relay.Relay
	rotation *rotation
	work     background // what takes leases
	beats    background // what keeps them
}

// handOver is how long a start waits for the server before it to let its SQLite file
// go: some seconds more than the 30 after which Kubernetes kills one that is stopping.
const handOver = 35 * time.Second

// assemble opens what the config names and joins the parts. The caller closes the application.
func assemble(ctx context.Context, cfg config.Config, s site) (*application, error) {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("MEDIARELAY_DATA_DIR: %w", err)
	}
	bytes, err := store.OpenFolder(cfg.StoreDir)
	if err != nil {
		return nil, fmt.Errorf("MEDIARELAY_STORE_URL: %w", err)
	}
	db, err := database.OpenExclusive(ctx, cfg.DatabaseURL.Reveal(), handOver, s.database...)
	if err != nil {
		return nil, fmt.Errorf("MEDIARELAY_DATABASE_URL: %w", err)
	}
	a := &application{database: db, leases: lease.NewKeeper(db)}
	if !db.Shared() {
		if err := a.leases.ClearStale(ctx); err != nil {
			slog.WarnContext(ctx, "the leases of a dead process stay until they end by themselves", "error", err)
		}
	}
	p, err := newParts(cfg, library.New(db), bytes)
	if err == nil {
		p.files = s.files
		err = a.join(cfg, s.dressed(p))
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return a, nil
}

// parts are what the handlers and the workers share.
type parts struct {
	library   *library.Library
	uploads   uploads // the library as requests see it
	bytes     storedBytes
	providers map[string]relay.Provider // by channel
	files     fs.FS
}

type uploads interface {
	intake.Uploads
	httpapi.Uploads
}

type storedBytes interface {
	intake.Bytes
	relay.Bytes
	httpapi.Readier
}

func newParts(cfg config.Config, l *library.Library, bytes *store.Folder) (parts, error) {
	byChannel, err := providers(cfg.Channels)
	return parts{library: l, uploads: l, bytes: bytes, providers: byChannel}, err
}

func (a *application) join(cfg config.Config, p parts) (err error) {
	a.intake, err = intake.New(intake.Config{
		Uploads: p.uploads, Bytes: p.bytes, Leases: a.leases, Arrivals: a,
		Takes: a.takes, PublicURL: cfg.PublicURL, Expiry: cfg.UploadExpiry, Retention: cfg.Retention,
		Now: a.database.Now,
	})
	if err != nil {
		return err
	}
	relayMetrics := relay.NewMetrics(p.library)
	a.relay = relay.New(relay.Config{
		Library: p.library, Bytes: p.bytes, Leases: a.leases, Limits: limit.New(a.database, nil),
		Providers: p.providers, Metrics: relayMetrics, MediaEarly: cfg.MediaEarly,
		Now: a.database.Now,
	})
	a.rotation = newRotation(cfg, a.relay)
	verifier, err := auth.NewVerifier(cfg.Tokens())
	if err != nil {
		return err
	}
	metrics := httpapi.NewMetrics()
	metrics.Registerer().MustRegister(relayMetrics, a.intake.Metrics())
	a.admin = httpapi.NewAdmin(httpapi.AdminConfig{
		Database: p.library, Store: p.bytes, Channels: breaker.New(p.library), Notes: a.rotation.notes,
		Metrics: metrics, Logger: slog.Default(),
	})
	a.public, err = httpapi.New(httpapi.Config{
		Verifier: verifier, Uploads: p.uploads, Assets: p.library, Offsets: a.intake, Files: a.intake,
		Web: p.files, AllowedOrigins: cfg.AllowedOrigins,
		Sandbox: cfg.Sandbox, Now: a.database.Now, Logger: slog.Default(), Metrics: metrics,
	})
	return err
}

func providers(channels []config.Channel) (map[string]relay.Provider, error) {
	var errs []error
	byChannel := map[string]relay.Provider{}
	for _, channel := range channels {
		api, err := connect(channel)
		if err != nil {
			errs = append(errs, fmt.Errorf("channel %s: %w", channel.Name, err))
		}
		byChannel[channel.Name] = api
	}
	return byChannel, errors.Join(errs...)
}

// connect makes the client of a channel's provider; nothing is sent yet.
func connect(c config.Channel) (relay.Provider, error) {
	switch c.Provider {
	case config.ProviderCloudAPI:
		account := cloudapi.Config{
			BaseURL: c.BaseURL, Version: c.Version, PhoneNumberID: c.PhoneNumberID, AppID: c.AppID, AccessToken: c.AccessToken,
		}
		return cloudapi.New(account), account.Check()
	case config.ProviderOnPrem:
		account := onprem.Config{BaseURL: c.BaseURL, APIKey: c.APIKey}
		return onprem.New(account), account.Check()
	default:
		account := dialog360.Config{BaseURL: c.BaseURL, APIKey: c.APIKey}
		return dialog360.New(account), account.Check()
	}
}

// takes is what intake must know of a channel's provider as its settings are now:
// who adds what handles need to them restarts nothing.
func (a *application) takes(channel string) intake.Takes {
	limits, _ := a.relay.Limits(channel)
	return intake.Takes{MediaBytes: limits.MediaBytes, NoHandles: limits.NoHandles}
}

// Arrived is for intake.Arrivals: the relay is made after intake.
func (a *application) Arrived(uploadID string) { a.relay.Arrived(uploadID) }

// start lets the workers work.
func (a *application) start() {
	a.beats.run(a.database.Run)
	a.beats.run(a.leases.Run)
	a.work.run(a.intake.Run)
	a.work.run(a.relay.Run)
	a.work.run(a.rotation.run)
}

// stop ends the workers. Leases are kept until nobody works under one.
func (a *application) stop() {
	a.work.stop()
	a.beats.stop()
}

func (a *application) close() error { return a.database.Close() }

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
