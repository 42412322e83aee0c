package early

import "testing"

func TestStates(t *testing.T) {
	claim, win, end := (*lifecycle).claim, (*lifecycle).win, (*lifecycle).end
	commit := func(l *lifecycle) { l.commit("digest") }
	for _, tt := range []struct {
		name  string
		steps []func(*lifecycle)
		want  state
	}{
		{"new", nil, following},
		{"claimed", []func(*lifecycle){claim}, claimed},
		{"committed", []func(*lifecycle){claim, commit}, committed},
		{"committed twice", []func(*lifecycle){claim, commit, commit}, committed},
		{"its value is taken", []func(*lifecycle){claim, commit, end, win}, won},
		{"it ends after the commit", []func(*lifecycle){claim, commit, end}, committed},
		{"it ends by itself", []func(*lifecycle){end}, over},
		{"it ends after the claim", []func(*lifecycle){claim, end}, over},
		{"a claim after the end", []func(*lifecycle){end, claim}, over},
		{"a commit after the end", []func(*lifecycle){claim, end, commit, win}, over},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLifecycle()
			for _, step := range tt.steps {
				step(l)
			}
			if got := l.now(); got != tt.want {
				t.Errorf("state %v, want %v", got, tt.want)
			}
			digest, ok := l.checked()
			if committed := tt.want == committed || tt.want == won; ok != committed || committed && digest != "digest" {
				t.Errorf("digest %q, %v", digest, ok)
			}
			select {
			case <-l.committed:
				if !ok {
					t.Error("committed is closed")
				}
			default:
				if ok {
					t.Error("committed is open")
				}
			}
		})
	}
}
