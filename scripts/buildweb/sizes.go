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

// budget is the most bytes that some parts may have together after brotli: all
// of them, or those of the language that has most.
type budget struct {
	what        string
	parts       []part
	perLanguage bool
	limit       int64
}

// budgets are the project's goals for what a visitor waits for. For
// comparison, Uppy's Dashboard with its tus plug-in is 90,000 bytes.
var budgets = []budget{
	{what: "first paint: the element, in English", parts: []part{element}, limit: 20_000},
	{what: "first interaction: element, list, and the worker's part that checks", parts: []part{element, later, worker}, limit: 34_000},
	{what: "the worker's part that sends, loaded behind its module", parts: []part{sending}, limit: 9_000},
	{what: "the element's own words in another language", parts: []part{labels}, perLanguage: true, limit: 2_000},
	{what: "the sentences about files, in one language", parts: []part{sentences}, perLanguage: true, limit: 5_000},
	{what: "the worker's Go module, off the first path", parts: []part{module}, limit: 450_000},
}

// row is an output's sizes in bytes; a template's compressed ones are 0.
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

// printSizes prints KB of 1000 bytes, as browsers' tools do.
func printSizes(w io.Writer, rows []row) error {
	table := tabwriter.NewWriter(w, 8, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "raw KB\tgzip\tbrotli\t\n")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t  %s\n", kilobytes(r.raw), kilobytes(r.gzip), kilobytes(r.brotli), r.name)
	}
	fmt.Fprint(table, "\n\tbudget\tbrotli\t\n")
	for _, b := range budgets {
		fmt.Fprintf(table, "\t%s\t%s\t  %s\n", kilobytes(b.limit), kilobytes(b.used(rows)), b.what)
	}
	return table.Flush()
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
