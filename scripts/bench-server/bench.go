package main

import (
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// bench measures cases in turn and keeps what it measured.
type bench struct {
	options
	servers []server
	results map[string]map[string]map[string][]float64 // by case, figure and server
}

func newBench(o options) *bench {
	return &bench{options: o, servers: servers(o), results: map[string]map[string]map[string][]float64{}}
}

func (b *bench) cases() []benchCase {
	return slices.DeleteFunc(cases(), func(c benchCase) bool {
		return len(b.options.cases) > 0 && !slices.Contains(b.options.cases, c.name)
	})
}

// measure runs every case on every server, one server after the other, several times.
func (b *bench) measure() error {
	defer os.RemoveAll(b.dir)
	for _, c := range b.cases() {
		for run := range b.runs {
			for i := range b.servers {
				// Each run begins with another server: the first one after a pause has an
				// idle disk.
				s := b.servers[(i+run)%len(b.servers)]
				if slices.Contains(c.omit, s.name) {
					continue
				}
				if err := b.measureOn(s, c); err != nil {
					return fmt.Errorf("case %s: %w", c.name, err)
				}
			}
		}
	}
	return nil
}

func (b *bench) measureOn(s server, c benchCase) error {
	p, err := s.start(b.dir)
	if err != nil {
		return err
	}
	defer p.stop()
	began := time.Now()
	f, err := c.measure(p)
	if err != nil {
		return err
	}
	log.Printf("%s: %s: %.1f s: %s", c.name, s.name, time.Since(began).Seconds(), f)
	if b.results[c.name] == nil {
		b.results[c.name] = map[string]map[string][]float64{}
	}
	for figure, value := range f {
		if b.results[c.name][figure] == nil {
			b.results[c.name][figure] = map[string][]float64{}
		}
		b.results[c.name][figure][s.name] = append(b.results[c.name][figure][s.name], value)
	}
	return nil
}

func (f figures) String() string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		texts = append(texts, fmt.Sprintf("%.1f %s", f[name], name))
	}
	return strings.Join(texts, ", ")
}

// print writes the medians of each server, and beside them the ratio to the bare handler
// and to tusd.
func (b *bench) print(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "case\tfigure")
	for _, s := range b.servers {
		fmt.Fprintf(table, "\t%s", s.name)
	}
	fmt.Fprintln(table, "\tof bare\tof tusd\tof before")
	for _, c := range b.cases() {
		for _, figure := range slices.Sorted(maps.Keys(b.results[c.name])) {
			b.printRow(table, c, figure)
		}
	}
	_ = table.Flush()
	fmt.Fprintf(w, "\nMedians of %d runs in turn. %s", b.runs, machine())
}

func (b *bench) printRow(w io.Writer, c benchCase, figure string) {
	byServer := b.results[c.name][figure]
	fmt.Fprintf(w, "%s\t%s", c.title, figure)
	for _, s := range b.servers {
		fmt.Fprintf(w, "\t%s", number(median(byServer[s.name])))
	}
	for _, other := range []string{"bare", "tusd", "before"} {
		fmt.Fprintf(w, "\t%s", ratio(median(byServer["mediarelay"]), median(byServer[other])))
	}
	fmt.Fprintln(w)
}

func number(value float64) string {
	if value == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3g", value)
}

func ratio(value, other float64) string {
	if value == 0 || other == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", value/other)
}

// median returns 0 for no values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// machine says what else kept the machine busy.
func machine() string {
	load, _ := os.ReadFile("/proc/loadavg")
	return "Load averages of the last 1, 5 and 15 minutes: " + strings.Join(strings.Fields(string(load))[:3], ", ") + ".\n"
}
