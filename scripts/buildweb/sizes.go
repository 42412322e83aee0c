package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
)

// budgets are the most bytes that a file may have after brotli, in KB of 1000
// bytes, by how its name begins.
//
// Source: the project's goals for the first interaction. For comparison, Uppy's
// Dashboard with its tus plug-in is 90 KB.
var budgets = []struct {
	prefix string
	limit  int
}{
	{"widget/media-upload.js", 20},
	{"widget/worker-", 14},
	{"widget/mediarelay-", 450},
}

// row is an output's sizes in bytes.
type row struct {
	name              string
	raw, gzip, brotli int64
}

func measure(outputs []output) ([]row, error) {
	rows := make([]row, len(outputs))
	for i, o := range outputs {
		rows[i] = row{name: o.name, raw: int64(len(o.content))}
		if o.template {
			continue
		}
		gz, err := os.Stat(o.path() + ".gz")
		if err != nil {
			return nil, err
		}
		br, err := os.Stat(o.path() + ".br")
		if err != nil {
			return nil, err
		}
		rows[i].gzip, rows[i].brotli = gz.Size(), br.Size()
	}
	return rows, nil
}

// printSizes prints KB of 1000 bytes, as browsers' tools and the budgets have it.
func printSizes(w io.Writer, rows []row) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "raw KB\tgzip\tbrotli\tof\t\n")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t  %s\n", kilobytes(r.raw), kilobytes(r.gzip), kilobytes(r.brotli), limitText(r), r.name)
	}
	table.Flush()
}

func kilobytes(bytes int64) string {
	if bytes == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", float64(bytes)/1000)
}

func limitText(r row) string {
	if limit := limitOf(r.name); limit > 0 {
		return fmt.Sprint(limit)
	}
	return "-"
}

// limitOf returns the budget in KB, and 0 for a file without one.
func limitOf(name string) int {
	for _, b := range budgets {
		if strings.HasPrefix(name, b.prefix) {
			return b.limit
		}
	}
	return 0
}

func overBudget(rows []row) error {
	var errs []error
	for _, r := range rows {
		if limit := int64(limitOf(r.name)) * 1000; limit > 0 && r.brotli > limit {
			errs = append(errs, fmt.Errorf("%s: %d bytes after brotli, over its budget of %d", r.name, r.brotli, limit))
		}
	}
	return errors.Join(errs...)
}
