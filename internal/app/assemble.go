package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"mediarelay/internal/auth"
	"mediarelay/internal/breaker"
	"mediarelay/internal/config"
	"mediarelay/internal/database"
	"mediarelay/internal/httpapi"
	"mediarelay/internal/intake"
	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/limit"
	"mediarelay/internal/outcome"
	"mediarelay/internal/relay"
	"mediarelay/internal/store"
	"mediarelay/internal/storeid"
)

// application is everything that runs behind the listeners.
type application struct {
	public, admin http.Handler

	database   *database.DB
	folder     *store.Folder
	pairing    storeid.Config
	library    *library.Library
	leases     intake.Leases
	intake     *intake.Intake
	relay      *relay.Relay
	rotation   *rotation
	verifier   *auth.Verifier
	ends       *outcome.Recorder
	store      storeName
	workers    background // what acquires leases
	heartbeats background // what renews them
	renew      func(context.Context)
}

// assemble opens what the configuration names and connects the parts. The caller
// closes the application.
func assemble(ctx context.Context, o Options) (*application, error) {
	cfg := o.Config
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("MEDIARELAY_DATA_DIR: %w", err)
	}
	bytes, err := store.OpenFolder(cfg.StoreDir)
	if err != nil {
		return nil, fmt.Errorf("MEDIARELAY_STORE_URL: %w", err)
	}
	db, err := database.OpenExclusive(ctx, cfg.DatabaseURL.Reveal(), takeoverTimeout(cfg.ShutdownDelay), o.Database...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("MEDIARELAY_DATABASE_URL: %w", err), bytes.Close())
	}
	a := &application{database: db, folder: bytes, library: library.New(db)}
	a.ends = outcome.NewRecorder()
	a.library.UseQuota(library.Quota{Uploads: cfg.QuotaOpenUploads, Bytes: cfg.QuotaOpenBytes})
	a.pairing = storeid.Config{
		Folder: bytes, Library: a.library, Database: database.Name(cfg.DatabaseURL.Reveal()), Adopt: cfg.AdoptStore,
	}
	if err := storeid.Pair(ctx, a.pairing); err != nil {
		return nil, errors.Join(fmt.Errorf("MEDIARELAY_STORE_URL: %w", err), a.close())
	}
	a.store = nameOf(cfg.StoreDir, bytes)
	a.connectLeases(ctx)
	if err := a.connect(o, bytes); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

// connectLeases keeps leases in memory if this process owns the database. A SQLite file
// on a file system without locks may be used by a second process.
func (a *application) connectLeases(ctx context.Context) {
	if a.database.Owned() {
		a.leases, a.renew = lease.NewMemory(), func(context.Context) {}
		return
	}
	rows := lease.NewKeeper(a.database)
	a.leases, a.renew = rows, rows.Run
	if a.database.Shared() {
		return
	}
	if err := rows.ClearStale(ctx); err != nil {
		slog.WarnContext(ctx, "stale leases of the previous process remain until they expire", "error", err)
	}
}

func (a *application) connect(o Options, bytes *store.Folder) error {
	byChannel, err := providers(o.Config.Channels)
	if err != nil {
		return err
	}
	s := Seams{Uploads: a.library, Bytes: bytes, Providers: byChannel}
	if o.WrapSeams != nil {
		s = o.WrapSeams(s)
	}
	if err := a.connectIntake(o.Config, s); err != nil {
		return err
	}
	metrics := a.connectRelay(o.Config, s)
	return a.connectHTTP(o, s, metrics)
}

func (a *application) connectIntake(cfg config.Config, s Seams) (err error) {
	a.intake, err = intake.New(intake.Config{
		Uploads: s.Uploads, Bytes: s.Bytes, Leases: a.leases, Arrivals: a, Ends: a.ends,
		Takes: a.takes, PublicURL: cfg.PublicURL, Expiry: cfg.UploadExpiry, Retention: cfg.Retention,
		MinFree: cfg.MinFree, Replicas: !a.database.Owned(), Now: a.database.Now,
	})
	return err
}

func (a *application) connectRelay(cfg config.Config, s Seams) *relay.Metrics {
	metrics := relay.NewMetrics(a.library)
	a.relay = relay.New(relay.Config{
		Library: a.library, Bytes: s.Bytes, Leases: a.leases, Limits: limit.New(a.database, nil),
		Providers: s.Providers, Metrics: metrics, Ends: a.ends, MediaEarly: cfg.MediaEarly,
		Now: a.database.Now,
	})
	a.rotation = newRotation(cfg, a.relay)
	return metrics
}

func (a *application) connectHTTP(o Options, s Seams, relayMetrics *relay.Metrics) error {
	var err error
	if a.verifier, err = auth.NewVerifier(o.Config.Tokens()); err != nil {
		return err
	}
	metrics := httpapi.NewMetrics()
	metrics.Registerer().MustRegister(relayMetrics, a.intake.Metrics(), a.database.Metrics(), a.ends,
		keySetMetric(a.verifier), newStoreMetrics(o.Config.StoreDir))
	a.admin = httpapi.NewAdmin(httpapi.AdminConfig{
		Database: a.library, Store: s.Bytes, Channels: breaker.New(a.library), KeySet: a.verifier, Notes: a.notes,
		Metrics: metrics, Logger: slog.Default(), Pprof: o.Config.Pprof,
	})
	a.public, err = httpapi.New(httpapi.Config{
		Verifier: a.verifier, Uploads: s.Uploads, Feed: a.library, Assets: a.library, Bytes: s.Bytes, Messages: a.relay, Offsets: a.intake, Files: a.intake,
		Web: o.WebFiles, AllowedOrigins: o.Config.AllowedOrigins,
		Sandbox: o.Config.Sandbox, Now: a.database.Now, Logger: slog.Default(), Metrics: metrics, TrustedProxies: o.Config.TrustedProxies,
	})
	return err
}

// Arrived implements intake.Arrivals; the relay is made after intake.
func (a *application) Arrived(u library.Upload) { a.relay.Arrived(u) }

// takes says what a channel's provider accepts with its current settings, so that a
// new app ID makes handles available without a restart.
func (a *application) takes(channel string) intake.Takes {
	limits, _ := a.relay.Limits(channel)
	return intake.Takes{MediaBytes: limits.MediaBytes, NoHandles: limits.NoHandles}
}

// start starts the workers.
func (a *application) start() {
	a.heartbeats.run(a.database.Run)
	a.heartbeats.run(a.renew)
	a.workers.run(func(ctx context.Context) { storeid.LogMissing(ctx, a.pairing) })
	a.workers.run(a.intake.Run)
	a.workers.run(a.relay.Run)
	a.workers.run(a.rotation.run)
	a.workers.run(a.verifier.Run)
}

// stop ends the workers. Leases are renewed until the last worker has ended.
func (a *application) stop() {
	a.workers.stop()
	a.heartbeats.stop()
}

func (a *application) close() error { return errors.Join(a.database.Close(), a.folder.Close()) }
