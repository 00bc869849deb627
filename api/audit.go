package api

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/postgres"
)

type auditAnswer struct {
	ID         string            `json:"id"`
	At         time.Time         `json:"at"`
	UserID     string            `json:"user_id,omitempty"`
	UserName   string            `json:"user_name,omitempty"`
	Action     string            `json:"action"`
	Target     string            `json:"target,omitempty"`
	TargetName string            `json:"target_name,omitempty"`
	Detail     map[string]string `json:"detail"`
}

// listAudit is who came in or tried to, and what was administered, without secrets: for the administrator and the DPO.
func (s *server) listAudit(c *gin.Context) error {
	w, err := windowOf(c)
	if err != nil {
		return err
	}
	below := int64(0)
	if w.cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(w.cursor)
		if err != nil {
			return errCursor
		}
		if below, err = strconv.ParseInt(string(raw), 10, 64); err != nil || below < 1 {
			return errCursor
		}
	}
	list, err := s.store.AuditEntries(c, c.Query("action"), below, w.limit+1)
	if err != nil {
		return err
	}
	next := ""
	if len(list) > w.limit {
		list = list[:w.limit]
		next = base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(list[w.limit-1].ID, 10)))
	}
	c.JSON(http.StatusOK, newPage(each(list, func(e postgres.AuditEntry) auditAnswer {
		return auditAnswer{strconv.FormatInt(e.ID, 10), e.At, e.UserID, e.UserName, e.Action, e.Target, e.Name, e.Detail}
	}), next))
	return nil
}
