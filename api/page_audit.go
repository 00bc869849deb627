package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/postgres"
)

// auditShown is how many acts a page of the audit has.
const auditShown = 50

// showAudit is who came in or tried to, and what was administered, the newest first.
func (s *server) showAudit(c *gin.Context) error {
	query := c.Request.URL.Query()
	action := query.Get("azione")
	below, err := strconv.ParseInt(query.Get("prima"), 10, 64)
	if err != nil || below < 1 {
		below = 0
	}
	list, err := s.store.AuditEntries(c, action, below, auditShown+1)
	if err != nil {
		return err
	}
	page := html.AuditPage{Form: html.Form{Values: query}}
	if below > 0 {
		page.Newest = html.Path(auditPath + "?" + url.Values{"azione": {action}}.Encode())
	}
	if len(list) > auditShown {
		list = list[:auditShown]
		last := strconv.FormatInt(list[auditShown-1].ID, 10)
		page.Older = html.Path(auditPath + "?" + url.Values{"azione": {action}, "prima": {last}}.Encode())
	}
	page.Lines = each(list, func(e postgres.AuditEntry) html.AuditLine {
		line := html.AuditLine{At: e.At, Action: e.Action, Target: e.Name}
		if line.Who = e.UserName; e.UserID == "" {
			line.Who = "senza account"
		}
		if e.Name == e.UserName {
			line.Target = "" // one's own account
		}
		for key, value := range e.Detail {
			line.Details = append(line.Details, html.AuditDetail{Key: key, Value: value})
		}
		slices.SortFunc(line.Details, func(a, b html.AuditDetail) int { return strings.Compare(a.Key, b.Key) })
		return line
	})
	return show(s, c, http.StatusOK, html.Audit, place{section: auditPath}, page)
}
