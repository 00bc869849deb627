package html

import (
	"encoding/base64"
	"html/template"
	"time"
)

// The pages of one's own account.
var (
	Profile       = desk[ProfilePage]("profile")
	OwnPassword   = desk[OwnPasswordPage]("own_password")
	Forgotten     = desk[ForgottenPage]("forgotten")
	ForgottenSent = desk[HelpPage]("forgotten_sent")
	SecondFactor  = desk[SecondFactorPage]("second_factor")
	NewFactor     = desk[NewFactorPage]("new_factor")
	RecoveryCodes = desk[RecoveryCodesPage]("recovery_codes")
)

// ProfilePage is who the reader is here.
type ProfilePage struct {
	Name, Email, Phone, Organisation string
	Roles                            []string // in Italian, each with its programme
	SecondFactor                     bool     // it is active
	Must                             bool     // it is compulsory, and missing
	Programs                         []Program
}

// Program is what comes in with a token of the API.
type Program struct {
	Label             string // as it calls itself
	UsedAt, ExpiresAt time.Time
	Revoke            Path
}

// OwnPasswordPage changes the password.
type OwnPasswordPage struct {
	Form  Form
	Email string // for the browser, which keeps passwords by account
}

// ForgottenPage asks where to send a link.
type ForgottenPage struct{ Form Form }

// SecondFactorPage begins with a new second factor.
type SecondFactorPage struct {
	Form   Form
	To     string // where one wanted to go: a path of ours
	Active bool   // there is one, whose code is asked for
	Must   bool   // the role demands it
}

// NewFactorPage shows a secret, once, and asks for a code of it.
type NewFactorPage struct {
	Form    Form
	To      string
	Secret  string // to be typed; empty when the page comes back
	Picture []byte // the same as a PNG with a QR code
}

// RecoveryCodesPage shows the codes for when the telephone is lost, once.
type RecoveryCodesPage struct {
	Codes []string
	To    Path
}

// picture is the address of a PNG that stands in the page itself: it was made for this page alone.
func picture(content []byte) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(content)) //nolint:gosec // base64 alone
}
