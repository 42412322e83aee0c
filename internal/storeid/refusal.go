package storeid

import (
	"fmt"

	"mediarelay/internal/store"
)

// adoptHint is the way out for an operator who knows better.
const adoptHint = "if this folder is meant to be the store of this database from now on, start once with --adopt-store"

// refusal says why a folder and a database with different IDs must not be paired, or
// nothing if they may. Current is the database's ID.
//
// An ID that only one side has is never given to the other side: the database may be an
// older backup, and the folder an empty mount point or the one of another replica. Only
// where neither side has had an ID does the content decide; see evidence.
func (c Config) refusal(current string, found store.Identity, held evidence) string {
	folder, database := c.Folder.Path(), c.Database
	switch {
	case current != "" && found.ID != "":
		return fmt.Sprintf("the folder %s is store %s, and the database (%s) belongs to store %s. "+
			"Mount or restore the folder with that id, or correct MEDIARELAY_STORE_URL or MEDIARELAY_DATABASE_URL; %s",
			folder, found.ID, database, current, adoptHint)
	case current != "":
		return fmt.Sprintf("the folder %s has no store id, and the database (%s) belongs to store %s. "+
			"Its volume may not be mounted, or it is a folder of its own for each replica. Mount or restore the folder with that id; %s",
			folder, database, current, adoptHint)
	case found.ID != "" && found.Confirmed:
		return fmt.Sprintf("the folder %s is store %s, and the database (%s) belongs to no store yet. "+
			"The database may be new, or older than the folder. Restore the database that belongs to the folder, or correct MEDIARELAY_DATABASE_URL; %s",
			folder, found.ID, database, adoptHint)
	case !held.empty && !found.Marked:
		return fmt.Sprintf("the folder %s has never been a store, and the database (%s) has uploads. "+
			"Its volume may not be mounted. Mount or restore the folder; %s", folder, database, adoptHint)
	case held.missing > 0:
		return fmt.Sprintf("the folder %s lacks the bytes of %d uploads of the database (%s), for example %s. "+
			"Mount or restore the right folder; %s", folder, held.missing, database, held.example, adoptHint)
	case held.files > 0 && !held.known:
		return fmt.Sprintf("the folder %s has %d files, and none belongs to an upload of the database (%s). "+
			"Restore the database that belongs to the folder; %s", folder, held.files, database, adoptHint)
	}
	return ""
}
