module mediarelay/scripts/bench-server

go 1.26.0

require (
	github.com/tus/tusd/v2 v2.10.1
	golang.org/x/exp v0.0.0-20260611194520-c48552f49976
)
