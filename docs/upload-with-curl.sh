#!/bin/sh
# Uploads a file to Mediarelay with nothing but curl, in chunks that survive a broken line,
# and prints the outcome. Exits 1 unless it is done. Needs curl 7.76, GNU sed and coreutils.
#
#   MEDIARELAY_TOKEN=$(mediarelay token --channel demo --scope upload) \
#     docs/upload-with-curl.sh http://localhost:8080 holiday.mp4 message,template
#
# The token stays out of the command line, where other users of the machine could read it.
set -eu

server=${1:?usage: upload-with-curl.sh SERVER FILE [PURPOSES]}
file=${2:?usage: upload-with-curl.sh SERVER FILE [PURPOSES]}
purposes=${3:-message}
: "${MEDIARELAY_TOKEN:?set it to a token with the scope upload}"
chunk=${CHUNK_BYTES:-1048576}
tries=${TRIES:-10}
left=$tries

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
umask 077
printf 'header = "Authorization: Bearer %s"\n' "$MEDIARELAY_TOKEN" >"$scratch/token"

ask() { curl --silent --show-error --config "$scratch/token" --header 'Tus-Resumable: 1.0.0' "$@"; }
# header NAME: the value of a response header that was saved in $scratch/headers.
header() { tr -d '\r' <"$scratch/headers" | sed -n "s/^$1: *//Ip" | tail -n 1; }
encoded() { printf %s "$1" | base64 | tr -d '\n'; }

length=$(wc -c <"$file" | tr -d ' ')
digest=$(sha256sum "$file" | cut -d ' ' -f 1)

# 1. Create the upload. The answer's Location is its URL, relative unless the server knows its public URL. With a key of our own, a creation whose answer
# was lost answers the same upload when it is repeated.
key=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
ask --fail-with-body --dump-header "$scratch/headers" --request POST \
	--header "Upload-Length: $length" \
	--header "Upload-Metadata: filename $(encoded "$(basename "$file")"),purpose $(encoded "$purposes"),sha256 $(encoded "$digest"),key $(encoded "$key")" \
	--retry "$tries" --retry-all-errors "$server/files/"
upload=$(header Location)
case $upload in /*) upload=$(printf %s "$server" | sed 's|^\([^:]*://[^/]*\).*|\1|')$upload ;; esac
echo "created $upload" >&2

# 2. Ask how far it is, send the next chunk, and begin again with the question after any fault.
while :; do
	ask --fail --head --output "$scratch/headers" "$upload" || { left=$((left - 1)); [ "$left" -gt 0 ] || exit 1; sleep 1; continue; }
	offset=$(header Upload-Offset)
	[ "$offset" -lt "$length" ] || break
	[ "$offset" = "${before:-}" ] || left=$tries # bytes came through: the tries begin anew
	before=$offset
	tail -c +$((offset + 1)) "$file" | head -c "$chunk" >"$scratch/chunk"
	ask --fail-with-body --request PATCH --data-binary "@$scratch/chunk" \
		--header "Upload-Offset: $offset" --header 'Content-Type: application/offset+octet-stream' "$upload" ||
		{ left=$((left - 1)); [ "$left" -gt 0 ] || exit 1; sleep 1; }
done
echo "sent $length bytes" >&2

# 3. The outcome is the upload's own resource: its events end when it does.
outcome=$(ask --fail-with-body --no-buffer "$server/v1/uploads/${upload##*/}/events" | sed -n 's/^data: *//p' | tail -n 1)
printf '%s\n' "$outcome"
case $outcome in *'"state":"done"'*) ;; *) exit 1 ;; esac
