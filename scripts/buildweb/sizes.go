package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
)

// budget limits the size of some parts together, in bytes after brotli. If it is
// per language, the largest language counts.
type budget struct {
	what        string
	parts       []part
	perLanguage bool
	limit       int64
}

// budgets are the project's goals for what a visitor downloads. For comparison:
// Uppy's Dashboard with its tus plug-in is 90,000 bytes.
var budgets = []budget{
	{what: "first paint: the element, in English", parts: []part{element}, limit: 20_000},
	{what: "first interaction: the element, its list and the worker's checking part", parts: []part{element, later, worker}, limit: 45_000},
	{what: "the worker's sending part, loaded after the Go module", parts: []part{sending}, limit: 12_500},
	{what: "the element's labels in one other language", parts: []part{labels}, perLanguage: true, limit: 2_200},
	{what: "the sentences about files in one language", parts: []part{sentences}, perLanguage: true, limit: 6_000},
	{what: "the Go module, loaded after the first interaction", parts: []part{module}, limit: 500_000},
}

// row has the sizes of an output in bytes. A template has no compressed sizes.
type row struct {
	output
	raw, gzip, brotli int64
}

func measure(outputs []output) ([]row, error) {
	rows := make([]row, len(outputs))
	for i, o := range outputs {
		rows[i] = row{output: o, raw: int64(len(o.content))}
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

func (b budget) used(rows []row) (bytes int64) {
	byLanguage := map[string]int64{}
	for _, r := range rows {
		if slices.Contains(b.parts, r.part) {
			bytes += r.brotli
			byLanguage[r.language] += r.brotli
		}
	}
	if b.perLanguage {
		return slices.Max(slices.Collect(maps.Values(byLanguage)))
	}
	return bytes
}

// printFiles prints the size of each file in KB of 1000 bytes, as browsers' tools
// do.
func printFiles(w io.Writer, rows []row) error {
	table := newTable(w)
	fmt.Fprint(table, "raw KB\tgzip\tbrotli\t  file\n")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t  %s\n", kilobytes(r.raw), kilobytes(r.gzip), kilobytes(r.brotli), r.name)
	}
	return table.Flush()
}

// printBudgets prints what a visitor downloads beside its budget.
func printBudgets(w io.Writer, rows []row) error {
	table := newTable(w)
	fmt.Fprint(table, "\nbrotli KB\tbudget\tleft\t  what a visitor downloads\n")
	for _, b := range budgets {
		used := b.used(rows)
		verdict := kilobytes(b.limit - used)
		if used > b.limit {
			verdict = "OVER"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t  %s\n", kilobytes(used), kilobytes(b.limit), verdict, b.what)
	}
	return table.Flush()
}

func newTable(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 8, 0, 2, ' ', tabwriter.AlignRight)
}

func kilobytes(bytes int64) string {
	if bytes == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", float64(bytes)/1000)
}

func overBudget(rows []row) error {
	var errs []error
	for _, b := range budgets {
		if used := b.used(rows); used > b.limit {
			errs = append(errs, fmt.Errorf("%s: %d bytes after brotli, over the budget of %d", b.what, used, b.limit))
		}
	}
	return errors.Join(errs...)
}
