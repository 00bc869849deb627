// Package mail writes and sends the letters of a case: sober Italian for whoever has never seen the product.
//
// A [Message] is what the store knows of one notification. [Render] turns it into text, HTML and, for an équipe, a
// calendar invitation; a [Session] of a [Sender] sends it. Each moment is put into words once (the letters), as what
// happened and what to do, and two layouts show the same words: the twins cannot drift.
//
// A mail holds the number of the case, what to do, by when and a link. It never holds a name, an address, a service
// or anything about health; patients and their families do not even read which service writes to them. No error of
// this package repeats an address or a subject, so all may be logged and go through Temporal.
package mail

import (
	"slices"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// Message is one notification to one reader. Which fields count depends on the moment; all dates may be zero, and
// then the sentence does without them.
type Message struct {
	ID            string // of the notification
	MessageID     string // "<...@host>", the same at every attempt; empty: [Settings.MessageID] of ID
	Moment        discharge.Moment
	RecipientKind discharge.RecipientKind
	To            string // bare address
	ToName        string // shown beside the address, to professionals only
	QueuedAt      time.Time

	CaseID    string // opaque; names the event in people's calendars
	CaseCode  string // DP-2026-00042; empty in a digest
	AboutCode string // funds_released: the case that is next
	Urgent    bool

	Link      string        // absolute; empty: none
	LinkUntil calendar.Date // an answer link's last day; zero: the page of the case, for who has an account

	On    calendar.Date // the day the moment is about: start, new end, suspension, end, digest
	DueOn calendar.Date // by when the reader acts
	DueAt time.Time     // the deadline's instant, told when it names an hour of DueOn
	Why   string        // why that date, as the rules put it

	Clocks  []discharge.Reminder // reminders: the most pressing first
	Meeting *discharge.Meeting   // meeting moments
	Failed  int                  // delivery_failed: how many messages
	Items   []DigestItem         // digest; those of one case together
}

// DigestItem is one missed clock in a digest.
type DigestItem struct {
	CaseCode string
	Clock    discharge.ClockKind
	DueOn    calendar.Date
	Signers  []string // of missing signatures: of whom
	Link     string   // the page of the case
}

// person reports whether the reader is the patient or somebody of the family, who are written to in neutral words.
func (m Message) person() bool {
	return m.to(discharge.ToPerson, discharge.ToPatient, discharge.ToCaregiver, discharge.ToRepresentative)
}

// outside reports whether the reader may never have heard of the case.
func (m Message) outside() bool {
	return m.to(discharge.ToGP, discharge.ToMunicipality, discharge.ToTerritorial)
}

// canOpen reports whether the reader has a way to the case: a link, or else an account.
func (m Message) canOpen() bool { return m.Link != "" || !m.person() && !m.outside() }

func (m Message) to(kinds ...discharge.RecipientKind) bool {
	return slices.Contains(kinds, m.RecipientKind)
}
