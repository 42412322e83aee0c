// Command bench-server measures how fast a server takes uploads, and what they cost it,
// beside two others on the same disk: a bare handler that writes, hashes and flushes, and
// plain tusd, which does not hash or flush.
//
// It is the load generator. Each server is a process of its own, on loopback, with an
// empty folder for each case. The servers take turns, so that other work on the machine
// slows all of them down alike. The number of files is fixed, and every request has a
// deadline, so it ends by itself.
//
//	bench-server [-runs 3] [-before PROGRAM] [-case NAME,…] [-dir DIR] PROGRAM
//
// The results are medians as a table, and ratios to the bare handler or to tusd.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench-server: ")
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	if len(args) == 3 && args[0] == "peer" {
		return servePeer(args[1], args[2])
	}
	o, err := parse(args)
	if err != nil {
		return err
	}
	b := newBench(o)
	if err := b.measure(); err != nil {
		return err
	}
	b.print(os.Stdout)
	return nil
}

// options are the flags.
type options struct {
	program string // bin/mediarelay
	before  string // an older build to compare with, or empty
	dir     string // the disk to measure
	runs    int
	cases   []string // names; empty means all
}

func parse(args []string) (options, error) {
	var o options
	var names string
	flags := flag.NewFlagSet("bench-server", flag.ContinueOnError)
	flags.IntVar(&o.runs, "runs", 3, "how often each case is measured for each server")
	flags.StringVar(&o.before, "before", "", "an older build of mediarelay to compare with")
	flags.StringVar(&o.dir, "dir", ".", "a folder on the disk to measure; not one in memory, as /tmp may be")
	flags.StringVar(&names, "case", "", "the cases to measure, comma separated (default all)")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() != 1 {
		return o, errors.New("name the mediarelay program to measure, such as bin/mediarelay")
	}
	o.program = flags.Arg(0)
	if names != "" {
		o.cases = strings.Split(names, ",")
	}
	dir, err := os.MkdirTemp(o.dir, "bench-server-")
	if err != nil {
		return o, fmt.Errorf("make a folder to measure in: %w", err)
	}
	o.dir, err = filepath.Abs(dir)
	return o, err
}
