package api

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// accountRoutes registers the pages of the reader's own account: outside for whoever cannot come in.
func (s *server) accountRoutes(out, in *gin.RouterGroup) {
	out.GET("/password-dimenticata", s.deskPage(s.showForgotten))
	out.POST("/password-dimenticata", s.deskPage(s.takeForgotten))
	out.GET("/password-dimenticata/inviata", s.deskPage(s.showForgottenSent))

	in.GET("/profilo", s.deskPage(s.showProfile))
	in.POST("/profilo/programmi/:id/revoca", s.deskPage(s.revokeProgram))
	in.GET("/password", s.deskPage(s.showOwnPassword))
	in.POST("/password", s.deskPage(s.changeOwnPassword))
	in.GET("/secondo-fattore", s.deskPage(s.showSecondFactor))
	in.POST("/secondo-fattore", s.deskPage(s.beginSecondFactor))
	in.POST("/secondo-fattore/conferma", s.deskPage(s.finishSecondFactor))
}

// ownPages are what whoever must still enrol a second factor has: the own account, and the way out.
var ownPages = []string{"/profilo", "/password", "/secondo-fattore", "/sessioni", "/esci"}

// ofOwnAccount reports whether a page is about the reader's own account.
func ofOwnAccount(template string) bool {
	for _, page := range ownPages {
		if template == page || strings.HasPrefix(template, page+"/") {
			return true
		}
	}
	return false
}

// inProfile is where the pages of the own account stand.
var inProfile = place{trail: []html.Crumb{{Label: "Profilo", Path: "/profilo"}}}

// faultsOfForm are what a form has to mend, with the status that says so; false for every other error, which has a page
// of its own.
func faultsOfForm(err error) ([]html.FieldError, int, bool) {
	var refusal *discharge.Error
	if !errors.As(err, &refusal) || refusal.Kind != discharge.KindInvalid && refusal.Kind != discharge.KindNotAllowed {
		return nil, 0, false
	}
	if len(refusal.Fields) == 0 {
		return []html.FieldError{{Message: refusal.Message}}, problems[refusal.Kind].status, true
	}
	return each(refusal.Fields, func(f discharge.FieldError) html.FieldError {
		return html.FieldError{Field: f.Field, Message: f.Message}
	}), problems[refusal.Kind].status, true
}

// showProfile is who the reader is here, and what may be done about it.
func (s *server) showProfile(c *gin.Context) error {
	me := reader(c)
	roles, err := s.rolesInWords(c, me)
	if err != nil {
		return err
	}
	tokens, err := s.store.Tokens(c, me.ID, "", s.now())
	if err != nil {
		return err
	}
	page := html.ProfilePage{
		Name: me.Name, Email: me.Email, Phone: me.Phone, Organisation: me.OrganisationName, Roles: roles,
		SecondFactor: me.SecondFactor, Must: me.MustEnrol,
		Programs: each(tokens, func(t postgres.Token) html.Program {
			return html.Program{
				Label: cmp.Or(t.Label, "Un programma senza nome"), UsedAt: t.UsedAt, ExpiresAt: t.ExpiresAt,
				Revoke: "/profilo/programmi/" + html.Path(t.ID) + "/revoca",
			}
		}),
	}
	return show(s, c, http.StatusOK, html.Profile, place{}, page)
}

// rolesInWords names every role of a user with the programme in which it is held.
func (s *server) rolesInWords(c *gin.Context, u postgres.User) ([]string, error) {
	programmes, err := s.store.Programmes(c)
	if err != nil {
		return nil, err
	}
	named := map[string]string{}
	for _, p := range programmes {
		named[p.ID] = p.Name
	}
	return each(u.Grants, func(g postgres.Grant) string {
		return g.Role.Italian() + ", " + cmp.Or(named[g.ProgrammeID], g.ProgrammeID)
	}), nil
}

// revokeProgram ends a token of the API.
func (s *server) revokeProgram(c *gin.Context) error {
	if err := s.store.RevokeOwnToken(c, reader(c).ID, c.Param("id")); err != nil {
		return err
	}
	s.say(c, "success", "Il programma non entra più con il suo account.")
	return redirect(c, "/profilo")
}

func (s *server) showOwnPassword(c *gin.Context) error {
	return show(s, c, http.StatusOK, html.OwnPassword, inProfile, html.OwnPasswordPage{Email: reader(c).Email})
}

// changeOwnPassword ends every session, as everywhere; whoever has just said the password stays in, with a new one.
func (s *server) changeOwnPassword(c *gin.Context) error {
	if _, err := s.readForm(c); err != nil {
		return err
	}
	me, typed := reader(c), c.Request.PostForm
	err := s.store.ChangePassword(c, me, s.again(c, typed.Get("current_password"), ""), typed.Get("password"))
	if faults, status, ok := faultsOfForm(err); ok {
		return show(s, c, status, html.OwnPassword, inProfile, html.OwnPasswordPage{Form: html.Form{Errors: faults}, Email: me.Email})
	}
	if err != nil {
		return err
	}
	if err := s.begin(c, me); err != nil {
		return err
	}
	s.say(c, "success", "La password è cambiata. Chi era entrato con quella di prima deve entrare di nuovo.")
	return redirect(c, "/profilo")
}

func (s *server) showForgotten(c *gin.Context) error {
	return show(s, c, http.StatusOK, html.Forgotten, place{}, html.ForgottenPage{})
}

// takeForgotten says the same whatever the address: whether there is an account is nobody's business.
func (s *server) takeForgotten(c *gin.Context) error {
	values, err := s.readForm(c)
	if err != nil {
		return err
	}
	if values.Get("email") == "" {
		form := html.Form{Errors: []html.FieldError{{Field: "email", Message: "Scriva l'indirizzo con cui entra."}}}
		return show(s, c, http.StatusUnprocessableEntity, html.Forgotten, place{}, html.ForgottenPage{Form: form})
	}
	if err := s.forget(c, values.Get("email")); err != nil {
		return err
	}
	return redirect(c, "/password-dimenticata/inviata")
}

func (s *server) showForgottenSent(c *gin.Context) error {
	return show(s, c, http.StatusOK, html.ForgottenSent, place{}, s.helpPage())
}
