package api

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/postgres"
)

// accountAct is something an administrator does about an account, asked once more before it is done.
type accountAct struct {
	path  string
	label string // of the button
	title string
	text  string // what it means for whom
	kind  string // of the word afterwards
	said  string
	fits  func(postgres.Account) bool
	do    func(s *server, c *gin.Context, by string, a postgres.Account) error
}

// accountActs in the order in which they are offered.
var accountActs = []accountAct{
	{
		path: "sblocca", label: "Sbloccare", title: "Sbloccare l'account",
		text: "Le password sbagliate si dimenticano e si può riprovare subito. Prima senta la persona: i tentativi potrebbero non essere i suoi.",
		kind: "success", said: "L'account è sbloccato.",
		fits: func(a postgres.Account) bool { return a.BlockedUntil != nil },
		do: func(s *server, c *gin.Context, by string, a postgres.Account) error {
			return s.store.Unlock(c, by, a.ID)
		},
	},
	{
		path: "invita-di-nuovo", label: "Invitare di nuovo", title: "Invitare di nuovo",
		text: "Parte una mail con un collegamento nuovo per scegliere la prima password: vale tre giorni.",
		kind: "success", said: "L'invito parte adesso.",
		fits: func(a postgres.Account) bool { return a.Active && !a.HasPassword },
		do:   func(s *server, c *gin.Context, _ string, a postgres.Account) error { return s.sendNewPassword(c, a) },
	},
	{
		path: "nuova-password", label: "Far scegliere un'altra password", title: "Far scegliere un'altra password",
		text: "Parte una mail con il collegamento per scegliere un'altra password: vale un'ora. La persona esce subito da ogni dispositivo.",
		kind: "success", said: "Il collegamento parte adesso; gli accessi sono chiusi.",
		fits: func(a postgres.Account) bool { return a.Active && a.HasPassword },
		do:   func(s *server, c *gin.Context, _ string, a postgres.Account) error { return s.sendNewPassword(c, a) },
	},
	{
		path: "azzera-secondo-fattore", label: "Azzerare il secondo fattore", title: "Azzerare il secondo fattore",
		text: "Per chi ha perso il telefono e i codici di recupero. La persona esce da ogni dispositivo e finché non attiva un altro " +
			"telefono entra con la sola password: si accerti che sia lei a chiederlo.",
		kind: "warning", said: "Il secondo fattore è tolto; gli accessi sono chiusi.",
		fits: func(a postgres.Account) bool { return a.SecondFactor },
		do: func(s *server, c *gin.Context, by string, a postgres.Account) error {
			return s.store.ResetSecondFactor(c, by, a.ID)
		},
	},
	{
		path: "disattiva", label: "Chiudere l'account", title: "Chiudere l'account",
		text: "La persona esce subito da ogni dispositivo e non entra più. Quello che ha scritto resta, con il suo nome. Chi segue casi " +
			"aperti deve prima affidarli ad altri. L'account si può riaprire.",
		kind: "success", said: "L'account è chiuso.",
		fits: func(a postgres.Account) bool { return a.Active },
		do: func(s *server, c *gin.Context, by string, a postgres.Account) error {
			return s.store.Deactivate(c, by, a.ID)
		},
	},
	{
		path: "riattiva", label: "Riaprire l'account", title: "Riaprire l'account",
		text: "La persona entra di nuovo con la password e con i ruoli di prima.",
		kind: "success", said: "L'account è di nuovo aperto.",
		fits: func(a postgres.Account) bool { return !a.Active },
		do: func(s *server, c *gin.Context, by string, a postgres.Account) error {
			return s.store.Reactivate(c, by, a.ID)
		},
	},
}

// userAct is the account of the path and the act on it; not found when there is none, or when it does not fit by now.
func (s *server) userAct(c *gin.Context) (postgres.Account, accountAct, error) {
	a, err := s.account(c, c.Param("id"))
	if err != nil {
		return a, accountAct{}, err
	}
	i := slices.IndexFunc(accountActs, func(act accountAct) bool { return act.path == c.Param("act") })
	if i < 0 {
		return a, accountAct{}, errNotFound
	}
	return a, accountActs[i], nil
}

// askUserAct asks once more. What does not fit by now has been done already: the account says so.
func (s *server) askUserAct(c *gin.Context) error {
	a, act, err := s.userAct(c)
	if err != nil {
		return err
	}
	if !act.fits(a) {
		return redirect(c, string(userPath(a)))
	}
	return s.sendUserAct(c, http.StatusOK, a, act, nil)
}

func (s *server) sendUserAct(c *gin.Context, status int, a postgres.Account, act accountAct, faults []html.FieldError) error {
	at := inUsers
	at.trail = append(slices.Clone(at.trail), html.Crumb{Label: a.Name, Path: userPath(a)})
	return show(s, c, status, html.Confirm, at, html.ConfirmPage{
		Title: act.title, Whose: a.Name, Email: a.Email, Text: act.text, Label: act.label, Form: html.Form{Errors: faults},
		Action: userPath(a) + "/" + html.Path(act.path), Back: userPath(a),
	})
}

// takeUserAct does it; a second click finds it done. What the rules refuse is said where it was asked.
func (s *server) takeUserAct(c *gin.Context) error {
	if _, err := s.readForm(c); err != nil {
		return err
	}
	a, act, err := s.userAct(c)
	if err != nil {
		return err
	}
	if act.fits(a) {
		err = act.do(s, c, reader(c).ID, a)
	}
	if faults, status, ok := faultsOfForm(err); ok {
		return s.sendUserAct(c, status, a, act, faults)
	}
	if err != nil {
		return err
	}
	s.say(c, act.kind, act.said)
	return redirect(c, string(userPath(a)))
}
