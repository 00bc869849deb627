package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
)

// healthPatience is how long a part may take to say that it is there.
const healthPatience = 3 * time.Second

func (s *server) healthz(c *gin.Context) error {
	c.JSON(http.StatusOK, gin.H{"status": "ok"})
	return nil
}

// readyz names the parts that do not answer.
func (s *server) readyz(c *gin.Context) error {
	ctx, cancel := context.WithTimeout(c, healthPatience)
	defer cancel()
	var down []discharge.FieldError
	for _, part := range []struct {
		name string
		ping func(context.Context) error
	}{{"postgres", s.store.Ping}, {"temporal", s.engine.Healthy}} {
		if err := part.ping(ctx); err != nil {
			s.log.WarnContext(ctx, "not ready", slog.String("part", part.name), slog.String("cause", cause(err)))
			down = append(down, discharge.FieldError{
				Field: part.name, Code: string(discharge.KindUnavailable), Message: "Non risponde.",
			})
		}
	}
	if len(down) > 0 {
		return &discharge.Error{Kind: discharge.KindUnavailable, Message: "Il servizio non è pronto.", Fields: down}
	}
	c.JSON(http.StatusOK, gin.H{"status": "ok", "postgres": "ok", "temporal": "ok"})
	return nil
}
