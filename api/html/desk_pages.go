package html

import "time"

// The pages that everybody has.
var (
	SignIn        = desk[SignInPage]("signin")
	Sessions      = desk[SessionsPage]("sessions")
	Problem       = desk[ProblemPage]("problem")
	Help          = desk[HelpPage]("help")
	Accessibility = desk[HelpPage]("accessibility")
)

// SignInPage asks who one is.
type SignInPage struct {
	Form Form
	To   string        // where one wanted to go: a path of ours
	Demo []DemoAccount // demo only
}

// DemoAccount is a role to try.
type DemoAccount struct{ Email, Who string }

// SessionsPage lists the reader's own sessions.
type SessionsPage struct{ Sessions []Session }

// Session is a browser that has signed in.
type Session struct {
	ID                string
	Device            string // "Chrome su Android"
	CreatedAt, SeenAt time.Time
	Current           bool
}

// ProblemPage says that it did not work, and what to do.
type ProblemPage struct {
	Title     string
	Text      string
	Errors    []string
	RequestID string // of an internal error
}

// HelpPage explains, and says whom to call.
type HelpPage struct{ Phone, Hours string }
