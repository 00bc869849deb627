package postgres

import (
	"context"
	"time"

	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// Submission is a referral as it arrives: the command that brings it and what the api has already judged.
type Submission struct {
	Command   NewCommand      // Kind submit, Body the request as received, CaseID empty
	Actor     discharge.Actor // who sends, in the role held in the programme
	Programme string
	WardID    string // the organisation that sends; its parent, if any, is the hospital
	Referral  referral.Referral
	Now       time.Time
}

// Submitted is a case just born, or born before by the same command.
type Submitted struct {
	CaseID     string
	Code       string
	Version    int
	Repeated   bool // the same key and body had already made it
	NextMailAt time.Time
}

func (s *Store) Submit(ctx context.Context, in Submission) (Submitted, error) { panic("todo") }

// Person is how a live case of the same person is looked for: by tax code, otherwise by name and birth date.
// LiveCase(ctx, programme, Person) (id, code string, found bool, err error)
