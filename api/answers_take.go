package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

const (
	proofCookie = "collegamento" // holds the proof that the code was given
	proofLife   = 30 * time.Minute
	maxForm     = 16 << 10
	maxText     = 1000 // characters of a field
)

// takeAnswer acts on what a form says: sends a code, takes one, or answers. The second click on an answer that was
// taken finds the same thanks.
func (s *server) takeAnswer(c *gin.Context) error {
	form, err := s.readForm(c)
	if err != nil {
		return err
	}
	v, err := s.visit(c)
	switch {
	case err != nil:
		return err
	case v.state == postgres.LinkUsed && v.proven && form.Get("answer") == string(v.link.Answer):
		return thank(c, v.link.Answer)
	case v.state != postgres.LinkOpen:
		return errDead
	case v.proven:
		return s.act(c, v, form)
	case form.Has("send"):
		return s.sendCode(c, v)
	default:
		return s.takeCode(c, v, form.Get("code"))
	}
}

const mediaForm = "application/x-www-form-urlencoded"

// readForm reads a small form of texts; where the contract has the form, each field once and no other. What no browser
// sends is not told apart.
func (s *server) readForm(c *gin.Context) (url.Values, error) { return s.readFormWithin(c, maxForm) }

func (s *server) readFormWithin(c *gin.Context, most int64) (url.Values, error) {
	media, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || media != mediaForm || encoded(c) {
		return nil, discharge.Refuse(discharge.KindUnsupportedMedia, "La pagina manda moduli: usi quella che ha aperto.")
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most)
	var tooLong *http.MaxBytesError
	if err := c.Request.ParseForm(); errors.As(err, &tooLong) {
		return nil, errTooLarge
	} else if err != nil {
		return nil, errForm
	}
	known := s.contract.form(c.Request.Method + " " + c.FullPath())
	for name, values := range c.Request.PostForm {
		if known != nil && (known[name] == nil || len(values) != 1) {
			return nil, errForm
		}
		for i, text := range values {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				return nil, errForm
			}
			if strings.Contains(name, "password") {
				continue // it is what it is, spaces too
			}
			values[i] = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
		}
	}
	return c.Request.PostForm, nil
}

// cleaned takes away what may not stand in a text, and reports whether there was any. Who fills in a form has pasted it
// and cannot see it.
func cleaned(form url.Values) bool {
	found := false
	for name := range form {
		text := strings.Map(func(r rune) rune {
			if unseen(r) && r != '\n' && r != '\t' {
				return -1
			}
			return r
		}, form.Get(name))
		found = found || text != form.Get(name)
		form.Set(name, text)
	}
	return found
}

var errForm = discharge.Refuse(discharge.KindMalformed, "Il modulo non si legge: riapra la pagina e riprovi.")

// sendCode sends the code by SMS to the number that is known, and says the same whether there is one or not.
func (s *server) sendCode(c *gin.Context, v visit) error {
	now := s.now()
	if s.answers.sms == nil {
		return s.sendVisit(c, http.StatusOK, v, said{wrong: "Il codice non si può mandare per SMS: lo chieda a voce."})
	}
	may, err := s.store.TakeSend(c, v.link.ID, now)
	if err != nil {
		return err
	}
	if !may {
		return s.sendVisit(c, http.StatusTooManyRequests, v, said{wrong: "Il codice è appena partito: aspetti un minuto, o chiami."})
	}
	number, err := s.mobileOf(c, v)
	if err != nil {
		return err
	}
	if number == "" {
		return s.sendVisit(c, http.StatusOK, v, said{sent: true})
	}
	code, _, err := s.store.LinkCode(v.link, now)
	if err != nil {
		return err
	}
	if err := s.answers.sms.send(c, number, "Il codice è "+code+". Vale dieci minuti. Non lo dica a nessuno."); err != nil {
		s.log.WarnContext(c, "code not sent", slog.String("link_id", v.link.ID), slog.String("cause", cause(err)))
		return s.sendVisit(c, http.StatusOK, v, said{wrong: "L'SMS non è partito: chiami, e il codice glielo diciamo a voce."})
	}
	return s.sendVisit(c, http.StatusOK, v, said{sent: true})
}

// takeCode opens a link for whoever gives the right code.
func (s *server) takeCode(c *gin.Context, v visit, typed string) error {
	typed = strings.ReplaceAll(typed, " ", "")
	if _, err := strconv.Atoi(typed); err != nil || len(typed) != 6 {
		return s.sendVisit(c, http.StatusUnprocessableEntity, v, said{wrong: "Il codice è di sei cifre."})
	}
	next, fits, err := s.store.TryCode(c, v.link, typed, s.now())
	if err != nil {
		return err
	}
	if !fits {
		if next.TriesLeft() == 0 {
			return errDead
		}
		return s.sendVisit(c, http.StatusUnprocessableEntity, v, said{
			wrong: "Il codice non è giusto, oppure è scaduto o è già servito.", left: next.TriesLeft(),
		})
	}
	until := s.now().Add(proofLife)
	proof, err := s.store.LinkProof(next, until)
	if err != nil {
		return err
	}
	path := "/answers/" + c.Param("token")
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // G124: secure wherever the pages are, see Links
		Name: proofCookie, Value: proof, Path: path, MaxAge: int(proofLife / time.Second), HttpOnly: true,
		Secure: s.answers.Secure, SameSite: http.SameSiteLaxMode,
	})
	c.Redirect(http.StatusSeeOther, path)
	return nil
}

// thank sends to the page that thanks, whose address names neither link nor case.
func thank(c *gin.Context, answer postgres.LinkAnswer) error {
	c.Redirect(http.StatusSeeOther, "/answers/done/"+string(answer))
	return nil
}

// act takes an answer: a command of the case, or a fact beside it.
func (s *server) act(c *gin.Context, v visit, form url.Values) error {
	answer, note := postgres.LinkAnswer(form.Get("answer")), form.Get("note")
	wrong := func(text string) error {
		return s.sendVisit(c, http.StatusUnprocessableEntity, v, said{form: form, wrong: text})
	}
	for name := range form {
		if utf8.RuneCountInString(form.Get(name)) > maxText {
			return wrong("Il testo è troppo lungo: al massimo " + strconv.Itoa(maxText) + " caratteri.")
		}
	}
	if cleaned(form) {
		return wrong("Nel testo c'erano caratteri che non si vedono: sono stati tolti. Lo ricontrolli e lo invii di nuovo.")
	}
	body := map[string]string{}
	switch action := v.link.Subject.Action; {
	case action == discharge.LinkAcknowledge && answer == postgres.AnswerAcknowledge:
		return s.keep(c, answer, s.store.KeepAcknowledgement(c, v.link, note, s.now()))
	case action == discharge.LinkAttend && (answer == postgres.AnswerComing || answer == postgres.AnswerNotComing):
		return s.keep(c, answer, s.store.KeepAttendance(c, v.link, answer == postgres.AnswerComing, note, s.now()))
	case action == discharge.LinkAnswerProposal && answer == postgres.AnswerAccept:
	case action == discharge.LinkAnswerProposal && answer == postgres.AnswerDecline:
		body = map[string]string{"reason_code": form.Get("reason_code"), "note": note}
	case action == discharge.LinkSign && answer == postgres.AnswerSign:
		if form.Get("agree") != "yes" {
			return wrong("Per firmare indichi che ha letto il piano e lo approva.")
		}
		body = map[string]string{
			"signer": v.link.Subject.Signer, "method": "link", "title": form.Get("title"), "act": form.Get("act"),
		}
	default:
		return wrong("Scelga una delle risposte.")
	}
	given, err := s.commandFrom(c, v, discharge.CommandKind(answer), body)
	var refusal *discharge.Error
	switch {
	case err == nil:
		return thank(c, given)
	case discharge.KindOf(err) == discharge.KindInvalid && errors.As(err, &refusal):
		return wrong(refusal.Message)
	case discharge.KindOf(err) == discharge.KindNotAllowed || discharge.KindOf(err) == discharge.KindForbidden:
		return s.overtaken(c, answer)
	default:
		return err
	}
}

// overtaken answers when the case has moved on meanwhile: with thanks if it was by the same answer, of another click.
func (s *server) overtaken(c *gin.Context, answer postgres.LinkAnswer) error {
	link, err := s.store.LinkByToken(c, c.Param("token"))
	switch {
	case err != nil:
		return err
	case link.Answer == answer:
		return thank(c, answer)
	default:
		return errDead
	}
}

func (s *server) keep(c *gin.Context, answer postgres.LinkAnswer, err error) error {
	if err != nil {
		return err
	}
	return thank(c, answer)
}

// commandFrom gives the one command of a link, or the one that was given before, the way every command goes, and answers
// with what was given. A refusal is not remembered.
func (s *server) commandFrom(c *gin.Context, v visit, kind discharge.CommandKind, body map[string]string) (postgres.LinkAnswer, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	given, err := s.store.BeginAnswer(c, v.link, kind, raw)
	if err != nil {
		return "", err
	}
	if given.Status == postgres.CommandDone {
		return postgres.LinkAnswer(given.Kind), nil
	}
	actor := discharge.Actor{Role: discharge.RoleSignatory}
	if given.Kind != discharge.Sign {
		actor = discharge.Actor{UserID: v.link.UserID, OrgID: v.link.Subject.Partner, Role: discharge.RolePartnerManager}
	}
	words := map[discharge.CommandKind]commandBody{
		discharge.Accept: &nothing{}, discharge.Decline: &codedBody{}, discharge.Sign: &signBody{},
	}[given.Kind]
	if err := json.Unmarshal(given.Body, words); err != nil {
		return "", err
	}
	cmd := discharge.Command{ID: given.ID, Kind: given.Kind, Actor: actor, Facts: words.facts()}
	return postgres.LinkAnswer(given.Kind), s.apply(c, v.ID, cmd)
}
