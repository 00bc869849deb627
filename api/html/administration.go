package html

import (
	"slices"
	"strings"
	"time"
)

// The pages of administration.
var (
	Users   = desk[UsersPage]("users")
	User    = desk[UserPage]("user")
	Invite  = desk[InvitePage]("invite")
	Confirm = desk[ConfirmPage]("confirm")
	Audit   = desk[AuditPage]("audit")
)

// UsersPage lists the accounts, or those found by a name.
type UsersPage struct {
	Form     Form
	Searched bool
	Lines    []UserLine
	Pager    Pager
}

// UserLine is an account of the list.
type UserLine struct {
	Path                             Path
	Name, Email, Organisation, Roles string
	State                            Badge
}

// UserPage is an account.
type UserPage struct {
	Name, Email, Phone, Organisation string
	Roles                            []string // in Italian, each with its programme
	State                            Badge
	SecondFactor                     bool
	BlockedUntil, LastLoginAt        time.Time // zero: not blocked, never
	Acts                             []UserAct
}

// UserAct leads to something that can be done about an account.
type UserAct struct {
	Path  Path
	Label string
}

// InvitePage asks who comes in.
type InvitePage struct {
	Form                             Form
	Organisations, Roles, Programmes []Option
}

// ConfirmPage asks once more.
type ConfirmPage struct {
	Title        string
	Whose, Email string // the account it is about
	Text         string // what it means
	Label        string // of the button
	Form         Form   // what was wrong
	Action, Back Path
}

// AuditPage lists who came in and what was administered.
type AuditPage struct {
	Form          Form
	Lines         []AuditLine
	Newest, Older Path // empty at the ends
}

// AuditLine is an act.
type AuditLine struct {
	At          time.Time
	Who, Target string // names; an empty target is one's own account, or none
	Action      string // its code
	Details     []AuditDetail
}

// AuditDetail is a code of an act and its value.
type AuditDetail struct{ Key, Value string }

// Actions are the choices of the filter.
func (AuditPage) Actions() []Option {
	var options []Option
	for code, word := range acts {
		options = append(options, Option{Value: code, Label: word})
	}
	slices.SortFunc(options, func(a, b Option) int { return strings.Compare(a.Label, b.Label) })
	return options
}

// Words is a detail as people read it; empty for what only a program needs.
func (d AuditDetail) Words() string {
	name := wordOf(details, d.Key)
	if name == "" {
		return ""
	}
	switch d.Key {
	case "second_factor":
		return name + ": " + wordOf(factors, d.Value)
	case "found":
		return name + ": " + wordOf(map[string]string{"true": "sì", "false": "no"}, d.Value)
	default:
		return name + ": " + d.Value
	}
}

var (
	acts = map[string]string{ //nolint:gosec // G101: words about passwords, none of them one
		"login": "è entrato", "login_failed": "accesso non riuscito", "password_not_confirmed": "password attuale sbagliata",
		"code_not_confirmed": "codice sbagliato", "signed_out_everywhere": "ha chiuso tutti gli accessi",
		"password_changed": "ha cambiato la password", "password_reset": "password impostata da chi gestisce il server",
		"password_set_by_link": "ha scelto la password dal collegamento", "password_link_asked": "collegamento per la password chiesto",
		"password_link_sent": "collegamento per la password mandato", "invitation_sent": "invito mandato",
		"second_factor_enrolled": "ha attivato il secondo fattore", "second_factor_reset": "secondo fattore azzerato",
		"user_added": "account creato", "user_changed": "account cambiato", "user_deactivated": "account chiuso",
		"user_reactivated": "account riaperto", "user_unlocked": "account sbloccato",
		"organisation_added": "organizzazione aggiunta", "organisation_changed": "organizzazione cambiata",
		"physician_added": "medico aggiunto", "physician_verified": "indirizzo di un medico verificato",
		"sub_district_set": "sotto-ambito di un Comune cambiato",
		"referral_check":   "ha cercato una persona prima di segnalarla", "access_report": "elenco degli accessi di una persona",
	}
	details = map[string]string{
		"second_factor": "codice", "blocked_seconds": "secondi di attesa", "roles": "", "roles_before": "",
		"organisation": "", "type": "", "sub_district": "sotto-ambito", "found": "trovata", "cases": "casi",
	}
	factors = map[string]string{
		"none": "non richiesto", "totp": "dal telefono", "recovery_code": "di recupero", "demo": "ambiente di prova",
	}
)
