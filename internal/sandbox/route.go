package sandbox

import (
	"net/http"
	"net/url"
	"regexp"
)

// Op names an operation for faults and call counts, in every API by its method and path
// in waba-v2.
type Op string

// The operations.
const (
	OpAbout          Op = "GET /"
	OpUploadMedia    Op = "POST /media"
	OpMediaInfo      Op = "GET /{media-id}"
	OpDeleteMedia    Op = "DELETE /{media-id}"
	OpDownload       Op = "GET /whatsapp_business/attachments/"
	OpOpenSession    Op = "POST /uploads"
	OpSendSession    Op = "POST /upload:{session}"
	OpSessionOffset  Op = "GET /upload:{session}"
	OpSendMessage    Op = "POST /messages"
	OpSetProfile     Op = "POST /whatsapp_business_profile"
	OpCreateTemplate Op = "POST /v1/configs/templates"
	OpUnknown        Op = "unknown"
)

const attachmentsPath = "/whatsapp_business/attachments/"

// route is an operation of one API. Its path is matched as in the request line, because
// http.ServeMux would clean it and a session ID must arrive byte for byte. The groups
// phone and app must match the key's number.
type route struct {
	api    api
	method string
	path   *regexp.Regexp
	op     Op
	serve  func(*Server, http.ResponseWriter, *request)
}

// routes is searched in order.
var routes = []route{
	{dialog360, "POST", pattern(`/media`), OpUploadMedia, (*Server).uploadForm},
	{dialog360, "POST", pattern(`/uploads`), OpOpenSession, (*Server).openSession},
	{dialog360, "POST", pattern(`/upload:.*`), OpSendSession, (*Server).sendSession},
	{dialog360, "GET", pattern(`/upload:.*`), OpSessionOffset, (*Server).sessionOffset},
	{dialog360, "POST", pattern(`/messages`), OpSendMessage, (*Server).sendMessage},
	{dialog360, "POST", pattern(`/whatsapp_business_profile`), OpSetProfile, (*Server).setProfile},
	{dialog360, "POST", pattern(`/v1/configs/templates`), OpCreateTemplate, (*Server).createTemplate},
	{dialog360, "GET", pattern(`/(?P<id>[^/]+)`), OpMediaInfo, (*Server).mediaInfo},
	{dialog360, "DELETE", pattern(`/(?P<id>[^/]+)`), OpDeleteMedia, (*Server).deleteMedia},

	{cloudAPI, "POST", versioned(`/(?P<phone>\d+)/media`), OpUploadMedia, (*Server).uploadForm},
	{cloudAPI, "POST", versioned(`/(?P<app>\d+)/uploads`), OpOpenSession, (*Server).openSession},
	{cloudAPI, "POST", versioned(`/upload:.*`), OpSendSession, (*Server).sendSession},
	{cloudAPI, "GET", versioned(`/upload:.*`), OpSessionOffset, (*Server).sessionOffset},
	{cloudAPI, "POST", versioned(`/(?P<phone>\d+)/messages`), OpSendMessage, (*Server).sendMessage},
	{cloudAPI, "POST", versioned(`/(?P<phone>\d+)/whatsapp_business_profile`), OpSetProfile, (*Server).setProfile},
	{cloudAPI, "GET", versioned(`/(?P<id>[^/]+)`), OpMediaInfo, (*Server).mediaInfo},
	{cloudAPI, "DELETE", versioned(`/(?P<id>[^/]+)`), OpDeleteMedia, (*Server).deleteMedia},

	{onPremise, "POST", pattern(`/v1/media`), OpUploadMedia, (*Server).uploadBody},
	{onPremise, "GET", pattern(`/v1/media/(?P<id>[^/]+)`), OpDownload, (*Server).downloadByID},
	{onPremise, "DELETE", pattern(`/v1/media/(?P<id>[^/]+)`), OpDeleteMedia, (*Server).deleteMedia},
	{onPremise, "POST", pattern(`/v1/messages`), OpSendMessage, (*Server).sendMessage},
}

// attachments is the path of download links. They need Meta's token, or 360dialog's key if
// the client has replaced the host.
var attachments = pattern(attachmentsPath + `?`)

func pattern(path string) *regexp.Regexp { return regexp.MustCompile(`^` + path + `$`) }

func versioned(path string) *regexp.Regexp { return pattern(`/v\d+\.\d+` + path) }

// route returns a request's operation and handler.
func (s *Server) route(r *http.Request) (Op, http.HandlerFunc) {
	path := r.URL.EscapedPath()
	if path == "/" {
		return OpAbout, about
	}
	if attachments.MatchString(path) && r.Method == http.MethodGet {
		return OpDownload, s.authorize(&request{api: apiOf(r)}, (*Server).download)
	}
	for _, route := range routes {
		if groups := route.path.FindStringSubmatch(path); groups != nil && r.Method == route.method {
			return route.op, s.authorize(named(route, groups), route.serve)
		}
	}
	return OpUnknown, s.authorize(&request{api: apiOf(r)}, (*Server).unknownPath)
}

// named returns a request with the values of the path's groups.
func named(route route, groups []string) *request {
	q := &request{api: route.api, resumable: route.op == OpOpenSession || route.op == OpSendSession || route.op == OpSessionOffset}
	for i, name := range route.path.SubexpNames() {
		switch name {
		case "id":
			q.id, _ = url.PathUnescape(groups[i])
		case "phone":
			q.phone = groups[i]
		case "app":
			q.app = groups[i]
		}
	}
	return q
}

func (s *Server) unknownPath(w http.ResponseWriter, r *request) { writeUnsupported(w, r) }
