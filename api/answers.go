package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// The pages behind the links of mails. A GET shows, only a POST acts: mail gateways open links. Before the one-time code
// a page says who asks, the number of the case and what is asked; a partner sees what it may see before it accepts.
// Whatever is wrong with a link, the answer is the same page, status and time. docs/adr/0008.

// Links are the settings of these pages. All may be zero.
type Links struct {
	Office     html.Office // who asks, to professionals; and whom to call
	PublicName string      // who asks, to persons: belonging to the service is itself health data
	SMSURL     string      // the gateway of one-time codes; empty: they are read out
	Secure     bool        // the pages are reached by https: cookies go no other way
}

// answers is what the pages share.
type answers struct {
	Links
	sms      *smsGateway // nil without
	visitors *limiter    // by address
	misses   *limiter    // by address: links that cannot be used
	all      *limiter
}

func newAnswers(l Links) *answers {
	a := &answers{
		Links:    l,
		visitors: newLimiter(120, 250*time.Millisecond),
		misses:   newLimiter(60, 5*time.Second),
		all:      newLimiter(600, 10*time.Millisecond),
	}
	if l.SMSURL != "" {
		a.sms = newSMSGateway(l.SMSURL)
	}
	return a
}

// errDead is a link that cannot be used, for whatever reason.
var errDead = errors.New("link cannot be used")

// deadTakes is longer than looking at any link takes, so that the answer's time says nothing of why it is dead.
const deadTakes = 60 * time.Millisecond

// page makes a handler of one that answers with pages.
func (s *server) page(h func(*gin.Context) error) gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		start, now, address := time.Now(), s.now(), c.ClientIP()
		pageHeaders(c)
		if err := errors.Join(s.answers.all.spend("", now), s.answers.visitors.spend(address, now),
			s.answers.misses.look(address, now)); err != nil {
			return err
		}
		err := h(c)
		if !errors.Is(err, errDead) {
			return err
		}
		_ = s.answers.misses.spend(address, now) // the next visit looks
		page, err := html.Dead.Render(html.DeadPage{Office: html.Office{Phone: s.answers.Office.Phone, Hours: s.answers.Office.Hours}})
		if err != nil {
			return err
		}
		lastAtLeast(c, start, deadTakes)
		sendPage(c, http.StatusNotFound, page)
		return nil
	})
}

func lastAtLeast(ctx context.Context, start time.Time, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d - time.Since(start)):
	}
}

// pageHeaders let a page load its style sheet and send its own forms, and no search engine keep it. The referrer stays
// among ourselves: with none at all browsers would send forms with the origin "null", which is nobody's.
func pageHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", html.Policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex, nofollow")
}

func sendPage(c *gin.Context, status int, page []byte) {
	c.Data(status, "text/html; charset=utf-8", page)
}

// behindLink reports whether the route is behind a link of a mail: its problems are said with pages of the same look.
func behindLink(c *gin.Context) bool {
	return strings.HasPrefix(c.FullPath(), "/answers/") || strings.HasPrefix(c.FullPath(), "/nuova-password/")
}

// writeTrouble is a problem as a page.
func writeTrouble(c *gin.Context, p problem) {
	pageHeaders(c)
	trouble := html.TroublePage{Title: p.Title, Text: p.Detail}
	if p.Code == discharge.KindUnavailable {
		trouble.Text = "La risposta potrebbe essere già registrata. Torni alla pagina e la ripeta tra qualche minuto: " +
			"non verrà registrata due volte."
	}
	page, err := html.Trouble.Render(trouble)
	if err != nil { // two strings: it cannot
		c.Status(http.StatusInternalServerError)
		return
	}
	sendPage(c, p.Status, page)
}

// visit is somebody who holds a link.
type visit struct {
	seen
	link   postgres.Link
	state  postgres.LinkState
	proven bool // the one-time code was given, or none is needed
}

// visit finds the link of the path and its case, whatever state it is in; errDead when there is none.
func (s *server) visit(c *gin.Context) (visit, error) {
	link, err := s.store.LinkByToken(c, c.Param("token"))
	if discharge.KindOf(err) == discharge.KindNotFound {
		return visit{}, errDead
	}
	if err != nil {
		return visit{}, err
	}
	file, err := s.store.Case(c, link.CaseID)
	if err != nil {
		return visit{}, err
	}
	role, view := discharge.RoleSignatory, discharge.ViewCare
	if link.Subject.Action == discharge.LinkAnswerProposal {
		role, view = discharge.RolePartnerManager, discharge.ViewProposal
	}
	now := s.now()
	v := visit{
		link: link, seen: seen{CaseFile: file, now: file.Now(now), roles: []roleOn{{role, view}}},
		state: link.State(file.Snapshot, now, file.Now(now)),
	}
	if v.state == postgres.LinkMoot {
		// Perhaps by its own answer, recorded between the two reads.
		if v.link, err = s.store.LinkByToken(c, c.Param("token")); err != nil {
			return visit{}, err
		}
		v.state = v.link.State(file.Snapshot, now, file.Now(now))
	}
	if v.unwelcome() {
		v.state = postgres.LinkRevoked
	}
	cookie, _ := c.Cookie(proofCookie)
	v.proven = !link.Subject.Action.NeedsCode() || s.store.LinkProven(link, cookie, now)
	return v, nil
}

// unwelcome reports whether the reader must not be contacted any more: no mail, no page.
func (v visit) unwelcome() bool {
	return slices.ContainsFunc(v.DoNotContact, func(who string) bool {
		return who == string(v.link.Subject.To) || who == v.link.Role || who == strings.ToLower(v.link.Address)
	})
}

// showAnswer shows what a link asks. It changes nothing but the log of who read what.
func (s *server) showAnswer(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if v.state != postgres.LinkOpen {
		return errDead
	}
	return s.sendVisit(c, http.StatusOK, v, said{})
}

// said is what a form said that did not go through, to be shown again, and why it did not.
type said struct {
	form  url.Values
	wrong string
	sent  bool // a code, by SMS
	left  int  // tries
}

// sendVisit answers with the page of an open link: what it is about for whoever has given the code, the question for it
// otherwise. What is read is written down first.
func (s *server) sendVisit(c *gin.Context, status int, v visit, back said) error {
	if !v.proven {
		page, err := html.Code.Render(s.codePage(v, back))
		if err != nil {
			return err
		}
		sendPage(c, status, page)
		return nil
	}
	page, err := s.pageOf(c, v, back)
	if err != nil {
		return err
	}
	if err := s.store.LogLinkAccess(c, v.link, "link "+string(v.link.Subject.Action)); err != nil {
		return err
	}
	sendPage(c, status, page)
	return nil
}

// showDone thanks for an answer. Its address tells what was answered, to what nobody.
func (s *server) showDone(c *gin.Context) error {
	done := html.DonePage{
		Office: html.Office{Phone: s.answers.Office.Phone, Hours: s.answers.Office.Hours}, Answer: c.Param("answer"),
	}
	if !done.Answered() {
		return errDead
	}
	page, err := html.Done.Render(done)
	if err != nil {
		return err
	}
	sendPage(c, http.StatusOK, page)
	return nil
}

// request is the head of the page of a link. Who has no number of the service itself calls the programme's.
func (s *server) request(c context.Context, v visit, back said) (html.Request, error) {
	r := s.plainRequest(v, back)
	if r.Office.Phone == "" {
		p, err := s.store.Programme(c, v.ProgrammeID)
		if err != nil {
			return r, err
		}
		r.Office.Phone, r.Office.Hours = p.CoordinatorPhone, p.CoordinatorHours
	}
	return r, nil
}

func (s *server) plainRequest(v visit, back said) html.Request {
	r := html.Request{Office: s.answers.Office, CaseCode: v.Code, Until: v.link.LastDay(), Error: back.wrong}
	if family(v.link.Subject.To) {
		r.Office.Name = s.answers.PublicName
	}
	return r
}

// family reports whether a recipient is the person or somebody of the family.
func family(kind discharge.RecipientKind) bool {
	return slices.Contains([]discharge.RecipientKind{
		discharge.ToPerson, discharge.ToPatient, discharge.ToCaregiver, discharge.ToRepresentative,
	}, kind)
}

func (s *server) codePage(v visit, back said) html.CodePage {
	return html.CodePage{
		Request: s.plainRequest(v, back), Action: v.link.Subject.Action, Signer: v.link.Subject.Signer,
		SMS: s.answers.sms != nil, Sent: back.sent, Left: back.left,
	}
}
