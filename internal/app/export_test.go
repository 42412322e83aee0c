package app

import (
	"context"
	"net/http"

	"mediarelay/internal/config"
	"mediarelay/internal/database"
	"mediarelay/internal/relay"
)

// The inside of the package, for its tests. They are in package app_test, since the
// stage that they share with the acceptance tests imports this package.

const (
	ReadHeaderTimeout = readHeaderTimeout
	StopTimeout       = stopTimeout
)

type (
	Application = application
	Rotation    = rotation
)

var (
	Assemble         = assemble
	NewServer        = newServer
	NewRotation      = newRotation
	ShutDown         = shutDown
	TakeoverTimeout  = takeoverTimeout
	WithBodyDeadline = withBodyDeadline
	LocalHost        = localHost
)

func (a *application) Public() http.Handler   { return a.public }
func (a *application) Admin() http.Handler    { return a.admin }
func (a *application) Database() *database.DB { return a.database }
func (a *application) Rotation() *Rotation    { return a.rotation }
func (a *application) Start()                 { a.start() }
func (a *application) Stop()                  { a.stop() }
func (a *application) Close() error           { return a.close() }

func (r *rotation) Check(ctx context.Context) { r.check(ctx) }
func (r *rotation) Notes() []string           { return r.notes() }

func (r *rotation) SetReload(reload func() ([]config.Reading, error)) { r.reload = reload }

func (r *rotation) SetRotate(rotate func(context.Context, string, relay.Provider) error) {
	r.rotate = rotate
}
