module mediarelay/scripts/bench-server

go 1.26.0

require (
	github.com/tus/tusd/v2 v2.10.1
	golang.org/x/exp v0.0.0-20261113113407-e3970619a1a4
)
