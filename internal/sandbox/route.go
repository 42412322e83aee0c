package sandbox

import (
	"net/http"
	"net/url"
	"regexp"
)

// Op names an operation, in faults and in counts of calls. One name stands for
// it in every API, which is the one of waba-v2.
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

// route is one operation of one API. Its path is matched as it stands in the
// request line: a ServeMux would clean it, and a session id must arrive byte for
// byte. The groups phone and app must be those of the key's number.
type route struct {
	api    dialect
	method string
	path   *regexp.Regexp
	op     Op
	serve  func(*Server, http.ResponseWriter, *request)
}

// routes are tried in their order.
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

// attachments is served twice: a link of Meta's wants Meta's token, and with the
// host replaced 360dialog's key.
var attachments = pattern(attachmentsPath + `?`)

func pattern(path string) *regexp.Regexp { return regexp.MustCompile(`^` + path + `$`) }

func versioned(path string) *regexp.Regexp { return pattern(`/v\d+\.\d+` + path) }

// route finds what a request asks for, and whose words the answer has.
func (s *Server) route(r *http.Request) (Op, http.HandlerFunc) {
	path := r.URL.EscapedPath()
	if path == "/" {
		return OpAbout, about
	}
	if attachments.MatchString(path) && r.Method == http.MethodGet {
		return OpDownload, s.letIn(&request{api: tokenOf(r)}, (*Server).download)
	}
	for _, one := range routes {
		if groups := one.path.FindStringSubmatch(path); groups != nil && r.Method == one.method {
			return one.op, s.letIn(named(one, groups), one.serve)
		}
	}
	return OpUnknown, s.letIn(&request{api: tokenOf(r)}, (*Server).unknownPath)
}

// named fills in what the path's groups say.
func named(one route, groups []string) *request {
	q := &request{api: one.api, session: one.op == OpOpenSession || one.op == OpSendSession || one.op == OpSessionOffset}
	for i, name := range one.path.SubexpNames() {
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

func (s *Server) unknownPath(w http.ResponseWriter, r *request) { noOperation(w, r) }
