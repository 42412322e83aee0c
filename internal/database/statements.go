package database

import (
	"context"
	"database/sql/driver"
)

// maxStatements bounds the prepared statements of a connection. The packages above have
// about 60 different ones, besides those with a list of values.
const maxStatements = 128

// statementConnector opens connections to a SQLite file that keep their statements
// prepared. SQLite would parse and plan each statement anew: on a table of uploads that
// costs more than the statement itself.
type statementConnector struct {
	driver.Connector
	db *DB
	// detached: statements run to their end even if their context is canceled. SQLite
	// rolls back the whole transaction of a statement that is interrupted, which other
	// callers may share.
	//
	// Source: sqlite.org/c3ref/interrupt.html.
	detached bool
}

func (c statementConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, c.db.damage.note(err)
	}
	return &statementConn{sqliteConn: conn.(sqliteConn), damage: &c.db.damage, trace: c.db.trace, detached: c.detached, idle: map[string]statement{}}, nil
}

// sqliteConn is a connection of the SQLite driver.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.SessionResetter
	driver.Validator
	driver.Pinger
}

// statement is a prepared statement of the SQLite driver.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// statementConn is a connection with its prepared statements. database/sql never calls
// it from two goroutines at once.
type statementConn struct {
	sqliteConn
	// damage hears of each error: any statement may be the first to meet a damaged page.
	damage   *damage
	trace    func(query string)
	detached bool
	// idle are the statements that are not running, by their text.
	idle map[string]statement
}

// ExecContext implements driver.ExecerContext.
func (c *statementConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(query)
	if err != nil {
		return nil, err
	}
	defer c.put(query, s)
	result, err := s.ExecContext(c.context(ctx), args)
	return result, c.damage.note(err)
}

// QueryContext implements driver.QueryerContext. The statement runs until its rows are
// closed.
func (c *statementConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(c.context(ctx), args)
	if err != nil {
		c.put(query, s)
		return nil, c.damage.note(err)
	}
	return &statementRows{Rows: rows, damage: c.damage, done: func() { c.put(query, s) }}, nil
}

// Close closes the statements before the connection.
func (c *statementConn) Close() error {
	for _, s := range c.idle {
		_ = s.Close() // the connection ends anyway
	}
	clear(c.idle)
	return c.sqliteConn.Close()
}

func (c *statementConn) context(ctx context.Context) context.Context {
	if c.detached {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// take returns a statement for the caller alone, who runs it once.
func (c *statementConn) take(query string) (statement, error) {
	if c.trace != nil {
		c.trace(query)
	}
	if s, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return s, nil
	}
	prepared, err := c.Prepare(query)
	if err != nil {
		return nil, c.damage.note(err)
	}
	return prepared.(statement), nil
}

func (c *statementConn) put(query string, s statement) {
	if _, ok := c.idle[query]; ok || len(c.idle) >= maxStatements {
		_ = s.Close() // it was reset before, so there is nothing to report
		return
	}
	c.idle[query] = s
}

// statementRows give the statement back when they are closed.
type statementRows struct {
	driver.Rows
	damage *damage
	done   func()
}

// Next reads a row. Most pages are read here, and not when the query begins.
func (r *statementRows) Next(dest []driver.Value) error { return r.damage.note(r.Rows.Next(dest)) }

func (r *statementRows) Close() error {
	err := r.Rows.Close()
	r.done()
	return err
}
