package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

const (
	usersPath = "/amministrazione/utenti"
	auditPath = "/amministrazione/registro"
)

// administrationRoutes registers the pages of administration; for everybody else they are not there.
func (s *server) administrationRoutes(in *gin.RouterGroup) {
	users := in.Group(usersPath, s.thereFor(discharge.RoleAdmin))
	users.GET("", s.deskPage(s.showUsers))
	users.POST("", s.deskPage(s.findUsers))
	users.GET("/:id", s.deskPage(s.showUser))
	users.GET("/:id/:act", s.deskPage(s.askUserAct))
	users.POST("/:id/:act", s.deskPage(s.takeUserAct))

	invite := in.Group("/amministrazione/nuovo-utente", s.thereFor(discharge.RoleAdmin))
	invite.GET("", s.deskPage(s.showInvite))
	invite.POST("", s.deskPage(s.takeInvite))

	in.GET(auditPath, s.thereFor(discharge.RoleAdmin, discharge.RoleDPO), s.deskPage(s.showAudit))
}

// thereFor hides a page from whoever holds none of the roles.
func (s *server) thereFor(roles ...discharge.Role) gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		if !holdsAnywhere(reader(c), roles...) {
			return errNotFound
		}
		return nil
	})
}

var inUsers = place{section: usersPath, trail: []html.Crumb{{Label: "Utenti", Path: usersPath}}}

// showUsers lists the accounts.
func (s *server) showUsers(c *gin.Context) error {
	return s.sendUsers(c, html.UsersPage{}, "")
}

// findUsers is the list by name. The name comes in the body: a URL is written down in too many places.
func (s *server) findUsers(c *gin.Context) error {
	values, err := s.readForm(c)
	if err != nil {
		return err
	}
	name := values.Get("nome")
	return s.sendUsers(c, html.UsersPage{Form: html.Form{Values: values}, Searched: name != ""}, name)
}

func (s *server) sendUsers(c *gin.Context, page html.UsersPage, name string) error {
	list, err := s.store.Accounts(c, "", s.now())
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(a postgres.Account) bool {
		return !strings.Contains(strings.ToLower(a.Name+" "+a.Email), strings.ToLower(name))
	})
	first, shown := 0, list
	if !page.Searched { // what was searched stands on one page: its words stand in no URL
		first, shown = pageOfList(list, c.Query("pagina"))
	}
	page.Pager = pager(c, first, len(shown), len(list), page.Searched)
	page.Lines = each(shown, func(a postgres.Account) html.UserLine {
		return html.UserLine{
			Path: userPath(a), Name: a.Name, Email: a.Email, Organisation: a.OrganisationName, Roles: rolesInItalian(a.User), State: accountState(a),
		}
	})
	return show(s, c, http.StatusOK, html.Users, place{section: usersPath}, page)
}

func userPath(a postgres.Account) html.Path { return usersPath + "/" + html.Path(a.ID) }

// accountState is an account in one glance.
func accountState(a postgres.Account) html.Badge {
	switch {
	case !a.Active:
		return html.Badge{Tone: "secondary", Text: "chiuso"}
	case a.BlockedUntil != nil:
		return html.Badge{Tone: "danger", Text: "bloccato"}
	case !a.HasPassword:
		return html.Badge{Tone: "warning", Text: "invitato"}
	default:
		return html.Badge{Tone: "success", Text: "attivo"}
	}
}

// showUser is an account and what may be done about it now.
func (s *server) showUser(c *gin.Context) error {
	a, err := s.account(c, c.Param("id"))
	if err != nil {
		return err
	}
	roles, err := s.rolesInWords(c, a.User)
	if err != nil {
		return err
	}
	page := html.UserPage{
		Name: a.Name, Email: a.Email, Phone: a.Phone, Organisation: a.OrganisationName, Roles: roles, State: accountState(a),
		SecondFactor: a.SecondFactor, BlockedUntil: timeOr(a.BlockedUntil), LastLoginAt: timeOr(a.LastLoginAt),
	}
	for _, act := range accountActs {
		if act.fits(a) {
			page.Acts = append(page.Acts, html.UserAct{Path: userPath(a) + "/" + html.Path(act.path), Label: act.label})
		}
	}
	return show(s, c, http.StatusOK, html.User, inUsers, page)
}

// timeOr is a moment, the zero one when there is none.
func timeOr(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// showInvite asks who comes in.
func (s *server) showInvite(c *gin.Context) error {
	return s.sendInvite(c, http.StatusOK, html.Form{Key: postgres.NewID()})
}

func (s *server) sendInvite(c *gin.Context, status int, form html.Form) error {
	organisations, err := s.store.Organisations(c, "", "")
	if err != nil {
		return err
	}
	programmes, err := s.store.Programmes(c)
	if err != nil {
		return err
	}
	return show(s, c, status, html.Invite, inUsers, html.InvitePage{
		Form: form,
		Organisations: each(organisations, func(o postgres.Organisation) html.Option {
			return html.Option{Value: o.ID, Label: o.Name}
		}),
		Roles: each(discharge.Roles(), func(r discharge.Role) html.Option {
			return html.Option{Value: string(r), Label: r.Italian()}
		}),
		Programmes: each(programmes, func(p postgres.Programme) html.Option {
			return html.Option{Value: p.ID, Label: p.Name}
		}),
	})
}

// takeInvite makes the account as the API does: the same contract judges it, and a double click makes one.
func (s *server) takeInvite(c *gin.Context) error {
	values, err := s.readForm(c)
	if err != nil {
		return err
	}
	cleaned(values)
	grant, account := map[string]any{}, map[string]any{}
	for field, question := range inviteFields {
		switch answer := values.Get(question); {
		case answer == "": // what is missing is named as missing
		case strings.HasPrefix(field, "roles"):
			grant[strings.TrimPrefix(field, "roles[0].")] = answer
		default:
			account[field] = answer
		}
	}
	account["roles"] = []any{grant}
	raw, err := json.Marshal(account)
	if err != nil {
		return err
	}
	id, err := s.invite(c, values.Get("key"), raw)
	if faults, status, ok := faultsOfForm(err); ok {
		for i, f := range faults {
			faults[i].Field = inviteFields[f.Field]
			if f.Field == "roles" { // so the store calls a programme that is not there
				faults[i].Field = "programma"
			}
			if f.Field == "roles[0].role" { // the codes of the contract are not for people
				faults[i].Message = "Scelga un ruolo."
			}
		}
		return s.sendInvite(c, status, html.Form{Values: values, Errors: faults, Key: values.Get("key")})
	}
	if err != nil {
		return err
	}
	s.say(c, "success", "L'account è pronto: il collegamento per scegliere la password parte adesso e vale tre giorni.")
	return redirect(c, usersPath+"/"+id)
}

// inviteFields are the questions of the form by the fields of the contract.
var inviteFields = map[string]string{
	"name": "nome", "email": "email", "phone": "telefono", "organisation_id": "ente",
	"roles[0].role": "ruolo", "roles[0].programme_id": "programma",
}

// invite makes an account of a body of POST /admin/users.
func (s *server) invite(c *gin.Context, key string, raw []byte) (string, error) {
	if err := s.contract.check(s.contract.bodies[http.MethodPost+" "+base+"/admin/users"], raw); err != nil {
		return "", err
	}
	var body newUserBody
	if err := json.Unmarshal(raw, &body); err != nil {
		return "", err
	}
	if len(key) > 200 {
		return "", errForm
	}
	return s.createAccount(c, postgres.NewCommand{ActorID: reader(c).ID, Route: c.FullPath(), Key: key, Kind: "add_user", Body: raw}, body)
}
