package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// The desk is the web application of the people at work. Every page is a file page_*.go with its handlers, a typed struct
// and a template in html; what surrounds it is made here. A page shows and a POST acts, then sends to a page (303).

// deskRoutes registers the pages.
func (s *server) deskRoutes(e *gin.Engine) {
	out := e.Group("", s.recognised())
	out.GET("/accedi", s.deskPage(s.showSignIn))
	out.POST("/accedi", s.deskPage(s.signIn))
	out.POST("/accedi/prova", s.deskPage(s.signInDemo))
	out.GET("/aiuto", s.deskPage(s.showHelp))
	out.GET("/accessibilita", s.deskPage(s.showAccessibility))

	in := e.Group("", s.signedIn())
	s.accountRoutes(out, in)
	s.administrationRoutes(in)
	in.GET("/", s.deskPage(func(c *gin.Context) error { return redirect(c, "/oggi") }))
	in.GET("/oggi", s.deskPage(s.showToday))
	in.GET("/casi", s.deskPage(s.showCases))
	in.POST("/casi", s.deskPage(s.findCases))
	in.GET("/casi/:id", s.deskPage(s.showCase))
	in.GET("/casi/:id/azioni/:comando", s.deskPage(s.showCommand))
	in.POST("/casi/:id/azioni/:comando", s.deskPage(s.takeCommand))
	in.POST("/esci", s.deskPage(s.signOut))
	in.GET("/sessioni", s.deskPage(s.showSessions))
	in.POST("/sessioni/:id/chiudi", s.deskPage(s.closeSession))
	in.POST("/sessioni/chiudi-le-altre", s.deskPage(s.closeOtherSessions))
}

// deskPage makes a handler of one that answers with pages of the desk.
func (s *server) deskPage(h func(*gin.Context) error) gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		pageHeaders(c)
		return h(c)
	})
}

// place is where a page stands.
type place struct {
	section html.Path    // of the navigation; empty: none
	trail   []html.Crumb // from the first page down to the one above
}

// show answers with a page and the desk around it.
func show[T any](s *server, c *gin.Context, status int, view html.DeskView[T], at place, page T) error {
	content, err := view.Render(s.around(c, at), page)
	if err != nil {
		return err
	}
	sendPage(c, status, content)
	return nil
}

// redirect sends to a page of ours after an act.
func redirect(c *gin.Context, path string) error {
	c.Redirect(http.StatusSeeOther, path)
	return nil
}

// around is what stands around a page, for its reader.
func (s *server) around(c *gin.Context, at place) html.Desk {
	ctx := c.Request.Context()
	desk := html.Desk{Institution: s.institution, Practice: s.training || len(s.demo) > 0, Trail: at.trail}
	me, ok := sessionOf(c)
	if !ok {
		return desk
	}
	desk.Flash = html.Flash{Kind: s.sessions.PopString(ctx, flashKind), Text: s.sessions.PopString(ctx, flashText)}
	desk.Reader = &html.Reader{Name: me.Name, Organisation: me.OrganisationName, Role: rolesInItalian(me)}
	if me.MustEnrol {
		return desk // it has no other page yet
	}
	for _, section := range sections {
		if section.roles == nil || hasRole(me, section.roles...) {
			desk.Sections = append(desk.Sections, html.Section{
				Label: section.label, Path: section.path, Current: section.path == at.section,
			})
		}
	}
	return desk
}

// sections are the entries of the navigation and the roles that have them; nil: everybody.
var sections = []struct {
	label string
	path  html.Path
	roles []discharge.Role
}{
	{label: "Oggi", path: "/oggi"},
	{label: "Casi", path: "/casi", roles: append(slices.Clone(withCases), discharge.RoleDPO)},
	{label: "Utenti", path: usersPath, roles: []discharge.Role{discharge.RoleAdmin}},
	{label: "Registro", path: auditPath, roles: []discharge.Role{discharge.RoleAdmin, discharge.RoleDPO}},
}

// withCases are the roles that see cases with the names of persons.
var withCases = []discharge.Role{
	discharge.RoleSender, discharge.RoleHospitalContact, discharge.RoleCoordinator, discharge.RolePartnerManager,
	discharge.RoleCaseManager, discharge.RoleOperator, discharge.RoleMunicipality,
}

// rolesInItalian names every role of a user once, in the order of the grants.
func rolesInItalian(me postgres.User) string {
	var names []string
	for _, g := range me.Grants {
		if name := g.Role.Italian(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func (s *server) showHelp(c *gin.Context) error {
	return show(s, c, http.StatusOK, html.Help, place{}, s.helpPage())
}

func (s *server) showAccessibility(c *gin.Context) error {
	return show(s, c, http.StatusOK, html.Accessibility, place{}, s.helpPage())
}

func (s *server) helpPage() html.HelpPage {
	return html.HelpPage{Phone: s.answers.Office.Phone, Hours: s.answers.Office.Hours}
}
