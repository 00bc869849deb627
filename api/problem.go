package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// problem is the body of every error (RFC 9457). It never repeats what was submitted.
type problem struct {
	Type   string                 `json:"type"`
	Title  string                 `json:"title"`
	Status int                    `json:"status"`
	Detail string                 `json:"detail"`
	Code   discharge.ErrorKind    `json:"code"`
	Errors []discharge.FieldError `json:"errors,omitempty"`
}

// problems is the one table from error kind to status.
var problems = map[discharge.ErrorKind]struct {
	status int
	title  string
}{
	discharge.KindMalformed:        {http.StatusBadRequest, "Richiesta illeggibile"},
	discharge.KindUnauthenticated:  {http.StatusUnauthorized, "Accesso richiesto"},
	discharge.KindForbidden:        {http.StatusForbidden, "Operazione non consentita"},
	discharge.KindNotFound:         {http.StatusNotFound, "Non trovato"},
	kindSecondFactor:               {http.StatusForbidden, "Serve il secondo fattore"},
	kindMethodNotAllowed:           {http.StatusMethodNotAllowed, "Metodo non consentito"},
	discharge.KindNotAllowed:       {http.StatusConflict, "Non possibile in questo stato"},
	discharge.KindBudgetExhausted:  {http.StatusConflict, "Fondi esauriti"},
	discharge.KindDuplicateCase:    {http.StatusConflict, "Caso già aperto"},
	discharge.KindTooLarge:         {http.StatusRequestEntityTooLarge, "Richiesta troppo grande"},
	discharge.KindUnsupportedMedia: {http.StatusUnsupportedMediaType, "Formato non accettato"},
	discharge.KindInvalid:          {http.StatusUnprocessableEntity, "Dati da correggere"},
	discharge.KindKeyReused:        {http.StatusUnprocessableEntity, "Chiave già usata"},
	discharge.KindRateLimited:      {http.StatusTooManyRequests, "Troppe richieste"},
	discharge.KindInternal:         {http.StatusInternalServerError, "Errore interno"},
	discharge.KindUnavailable:      {http.StatusServiceUnavailable, "Servizio non disponibile"},
}

// These are words of HTTP alone: the rules have no use for them.
const (
	kindMethodNotAllowed discharge.ErrorKind = "method_not_allowed"
	kindSecondFactor     discharge.ErrorKind = "second_factor_required"
)

// The refusals that are said in more than one place. A case that the reader may not see and one that does not exist
// are the same words.
var (
	errNotFound        = discharge.Refuse(discharge.KindNotFound, "La risorsa richiesta non esiste.")
	errUnauthenticated = discharge.Refuse(discharge.KindUnauthenticated, "Acceda per continuare.")
	errForbidden       = discharge.Refuse(discharge.KindForbidden, "Il suo ruolo non consente questa operazione.")
	errMustEnrol       = discharge.Refuse(kindSecondFactor, "Il suo ruolo richiede il secondo fattore: lo attivi per continuare.")
	errMalformed       = discharge.Refuse(discharge.KindMalformed, "Il corpo della richiesta non è un oggetto JSON valido.")
	errUnfinished      = discharge.Refuse(discharge.KindMalformed, "Il corpo della richiesta non è arrivato per intero.")
	errTooLarge        = discharge.Refuse(discharge.KindTooLarge, "La richiesta supera la dimensione massima consentita.")
	errInternal        = discharge.Refuse(discharge.KindInternal,
		"Si è verificato un errore. Riprovi; se continua, comunichi il codice della richiesta all'assistenza.")
	errUnavailable = discharge.Refuse(discharge.KindUnavailable,
		"L'operazione potrebbe essere già registrata: la ripeta con la stessa chiave.")
	errAway = discharge.Refuse(discharge.KindUnavailable,
		"Il servizio non risponde in questo momento. Riprovi fra poco.")
	errAwayMeanwhile = discharge.Refuse(discharge.KindUnavailable,
		"Il servizio non risponde in questo momento: l'operazione potrebbe essere già registrata. "+
			"La ripeta fra poco con la stessa chiave.")
)

// handle makes a gin handler of one that returns its error.
func (s *server) handle(h func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			s.fail(c, err)
		}
	}
}

// fail answers with the problem that err is. A database that is away is no fault of the request; everything else that is
// not a [discharge.Error] is internal. Both are logged and not shown.
func (s *server) fail(c *gin.Context, err error) {
	var wait *postgres.WaitError
	if errors.As(err, &wait) {
		c.Header("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.After.Seconds())))))
	}
	var refusal *discharge.Error
	switch {
	case errors.As(err, &refusal) && refusal.Kind != discharge.KindInternal:
	case errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil:
		c.AbortWithStatus(statusClientGone) // nobody reads the answer
		return
	case postgres.Away(err):
		s.log.WarnContext(c, "database away", slog.String("request_id", requestID(c)),
			slog.String("route", route(c)), slog.String("cause", cause(err)))
		refusal = errAwayMeanwhile
		if c.Request.Method == http.MethodGet {
			refusal = errAway
		}
	default:
		s.log.ErrorContext(c, "request failed", slog.String("request_id", requestID(c)),
			slog.String("route", route(c)), slog.String("cause", cause(err)))
		refusal = errInternal
	}
	if refusal.Kind == discharge.KindUnavailable && wait == nil {
		c.Header("Retry-After", "5")
	}
	c.Abort()
	s.writeProblem(c, problemOf(refusal))
}

// statusClientGone is what nginx writes in its log for a caller who left before the answer.
const statusClientGone = 499

func problemOf(e *discharge.Error) problem {
	entry, ok := problems[e.Kind]
	if !ok {
		entry = problems[discharge.KindInternal]
	}
	return problem{
		Type: "urn:dimissioni:problem:" + string(e.Kind), Title: entry.title, Status: entry.status,
		Detail: e.Message, Code: e.Kind, Errors: e.Fields,
	}
}

func (s *server) writeProblem(c *gin.Context, p problem) {
	switch {
	case behindLink(c):
		writeTrouble(c, p)
		return
	case wantsPage(c):
		s.showProblem(c, p)
		return
	}
	body, err := json.Marshal(p)
	if err != nil { // strings and numbers: it cannot
		c.Status(http.StatusInternalServerError)
		return
	}
	c.Data(p.Status, "application/problem+json", body)
}

// cause says what went wrong in words that hold no data: the constant texts with which our layers wrapped the error,
// then the SQLSTATE or the type of what they wrapped. The text of that is left out, since drivers and parsers repeat
// values in it.
func cause(err error) string {
	var words []string
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		prefix, ok := strings.CutSuffix(err.Error(), ": "+inner.Error())
		if !ok || !plainWords.MatchString(prefix) {
			break
		}
		words = append(words, prefix)
		err = inner
	}
	return strings.Join(append(words, leaf(err)), ": ")
}

// plainWords is how STYLE 13 wraps: lower case, verb first; no quotes, no digits.
var plainWords = regexp.MustCompile(`^[a-z][a-z, -]*$`)

func leaf(err error) string {
	var state interface{ SQLState() string }
	var refusal *discharge.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return err.Error()
	case errors.As(err, &state):
		return "SQLSTATE " + state.SQLState()
	case errors.As(err, &refusal):
		return string(refusal.Kind)
	default:
		return fmt.Sprintf("%T", err)
	}
}
