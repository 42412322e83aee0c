#!/bin/sh
# Uploads a file to Mediarelay with nothing but curl, in chunks that survive a broken connection,
# and prints the outcome. Exits 1 unless the file is relayed. Needs curl 7.76, GNU sed and coreutils.
#
#   MEDIARELAY_TOKEN=$(mediarelay token --channel demo --scope upload) \
#     docs/upload-with-curl.sh http://localhost:8080 holiday.mp4 message,template
#
# The token is not an argument, since other users of the machine can read those.
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

# ask OPTIONS URL: sends a request. $status is the HTTP status, or 000 without a response.
ask() {
	: >"$scratch/body"
	: >"$scratch/headers"
	status=$(curl --silent --show-error --config "$scratch/token" --header 'Tus-Resumable: 1.0.0' \
		--dump-header "$scratch/headers" --output "$scratch/body" --write-out '%{http_code}' "$@") || status=000
}
# header NAME: the value of a header of the last response.
header() { tr -d '\r' <"$scratch/headers" | sed -n "s/^$1: *//Ip" | tail -n 1; }
# sentence NAME: a text of the last response's problem (RFC 9457). A response to HEAD has none.
sentence() { sed -nE "s/.*\"$1\":\"(([^\"\\\\]|\\\\.)*)\".*/\1/p" "$scratch/body" | tail -n 1; }
encoded() { printf %s "$1" | base64 | tr -d '\n'; }

stop() {
	echo "The server answers $status to the $1. $(sentence title) $(sentence detail)" >&2
	exit 1
}

# again WHAT: waits before another attempt. It stops if no attempt could succeed: anything but no
# response, 408, 409 and 423 (another request was working on the upload), 429 and 5xx is permanent.
again() {
	case $status in
	000 | 408 | 409 | 423 | 429 | 5??) ;;
	*) stop "$1" ;;
	esac
	left=$((left - 1))
	[ "$left" -gt 0 ] || stop "$1"
	wait=$(header Retry-After)
	case $wait in '' | *[!0-9]*) wait=1 ;; esac
	sleep "$wait"
}

length=$(wc -c <"$file" | tr -d ' ')
digest=$(sha256sum "$file" | cut -d ' ' -f 1)

# 1. Create the upload. The Location of the response is its URL, which may be relative to the server's.
# With a key, a creation whose response was lost returns the same upload when it is repeated.
key=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
while :; do
	ask --request POST --header "Upload-Length: $length" \
		--header "Upload-Metadata: filename $(encoded "$(basename "$file")"),purpose $(encoded "$purposes"),sha256 $(encoded "$digest"),key $(encoded "$key")" \
		"$server/files/"
	case $status in
	2??) break ;;
	409) stop creation ;;
	esac
	again creation
done
upload=$(header Location)
case $upload in /*) upload=$(printf %s "$server" | sed 's|^\([^:]*://[^/]*\).*|\1|')$upload ;; esac
echo "created $upload" >&2

# 2. Get the offset and send the next chunk. After a fault, get the offset again.
while :; do
	ask --head "$upload"
	case $status in 2??) ;; *) again 'question for the offset' && continue ;; esac
	offset=$(header Upload-Offset)
	[ "$offset" -lt "$length" ] || break
	[ "$offset" = "${before:-}" ] || left=$tries # bytes arrived: count the attempts from zero
	before=$offset
	tail -c +$((offset + 1)) "$file" | head -c "$chunk" >"$scratch/chunk"
	ask --request PATCH --data-binary "@$scratch/chunk" \
		--header "Upload-Offset: $offset" --header 'Content-Type: application/offset+octet-stream' "$upload"
	case $status in 2??) ;; *) again chunk ;; esac
done
echo "sent $length bytes" >&2

# 3. The outcome is the upload's own resource. Its event stream ends when the upload has ended.
left=$tries
while :; do
	ask --no-buffer "$server/v1/uploads/${upload##*/}/events"
	outcome=$(sed -n 's/^data: *//p' "$scratch/body" | tail -n 1)
	case $outcome in
	*'"state":"done"'*) printf '%s\n' "$outcome" && exit 0 ;;
	*'"state":"refused"'* | *'"state":"failed"'*) printf '%s\n' "$outcome" && exit 1 ;;
	esac
	case $status in 2??) status=000 ;; esac # the stream broke
	again 'question for the outcome'
done
