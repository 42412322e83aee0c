package browserstage

import (
	"mediarelay/internal/e2e/stage"
)

// EveryEndingLeavesNothing cancels one file, has one refused and completes one, and wants
// no record in the browser after each.
func EveryEndingLeavesNothing(s *Stage, _ Browser) {
	s.OpenForMessages()
	s.Proxy.SetRate(512 << 10)
	cancelled := s.File("cancelled.txt", stage.Notes(3<<20))
	s.Drop(cancelled, s.File("page.html", []byte("<html><body>Hello</body></html>")))
	s.AwaitRow("page.html", "refused")
	s.AwaitBytes("cancelled.txt")
	s.Press("cancelled.txt", "cancel")
	s.AwaitRow("cancelled.txt", "absent")
	s.WantNoRecords()
	s.Proxy.SetRate(0)
	content := stage.Notes(2 << 20)
	s.Drop(s.File("done.txt", content))
	s.WantIntact("done.txt", content)
}
