package library

import "mediarelay/internal/database"

// The queries that are repeated while nothing happens, with their arguments.

// DueChannelsQuery lists the channels with due relays.
func DueChannelsQuery() (string, []any) { return dueChannelsQuery, []any{1, 2} }

// DueSubjectsQuery lists the subjects of a channel with due relays.
func DueSubjectsQuery() (string, []any) {
	return dueSubjectsQuery, []any{"acme", "acme", "acme", 1, "acme", 2}
}

// DueQuery lists the due relays of a subject.
func DueQuery(past bool, leases bool) (string, []any) {
	condition, args := isImplausible, []any{"acme", "ana", 1, "digest"}
	if past {
		condition = isPast
	}
	if leases {
		args = append(args, 1, 2)
	}
	return dueQuery(condition, 1, leases), append(args, 4)
}

// SilentQuery lists unfinished or ended uploads.
func SilentQuery(ended bool) (string, []any) {
	states := isUnfinished
	if ended {
		states = isEnded
	}
	return silentQuery(states), []any{1, 0, "", 500}
}

// RecentQueries are those of an event stream, with their arguments: what has changed, what
// one subject has open, and what of its uploads has ended.
func RecentQueries() (since, assets, open, active, ended string) {
	return uploadsSinceQuery, assetsSinceQuery, receivingQuery(false), relayedQuery(false), endedOfQuery(false, true)
}

// Database is the library's.
func (l *Library) Database() *database.DB { return l.db }
