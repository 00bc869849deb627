package api

import (
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// The commands while care goes on.
var careCommands = []commandSpec{
	{discharge.ConveneMeeting, with[conveneBody]},
	{discharge.RecordMeeting, with[meetingBody]},
	{discharge.Renew, with[renewBody]},
	{discharge.Suspend, with[suspendBody]},
	{discharge.Resume, with[nothing]},
}

type conveneBody struct {
	common
	At        time.Time `json:"at"`
	Place     string    `json:"place"`
	Invited   []string  `json:"invited"`
	CalledOff bool      `json:"called_off"`
	Reason    string    `json:"reason"`
}

func (b *conveneBody) facts() discharge.Facts {
	f := discharge.Facts{At: b.At.UTC(), CalledOff: b.CalledOff, HasReason: written(b.Reason)}
	for _, who := range b.Invited {
		f.Invited = append(f.Invited, synonym(who, invitedSynonyms))
	}
	return f
}

type meetingBody struct {
	common
	HeldOn    calendar.Date `json:"held_on"`
	Decision  string        `json:"decision"`
	Attendees []attendee    `json:"attendees"`
	Minutes   string        `json:"minutes"`
}

// attendee is who took part in an équipe, as recorded and as read again.
type attendee struct {
	Role string `json:"role"`
	Name string `json:"name,omitempty"`
	Mode string `json:"mode"`
}

func (b *meetingBody) facts() discharge.Facts {
	f := discharge.Facts{HeldOn: b.HeldOn, Decision: b.Decision}
	for _, a := range b.Attendees {
		f.Attendees = append(f.Attendees, discharge.Attendee{Role: a.Role, Mode: a.Mode})
	}
	return f
}

// suspendBody names its reason in our words, or as SIAD numbers it.
type suspendBody struct{ codedBody }

func (b *suspendBody) facts() discharge.Facts {
	f := b.codedBody.facts()
	f.ReasonCode = synonym(f.ReasonCode, suspensionSynonyms)
	return f
}

type renewBody struct {
	common
	Days   int    `json:"days"`
	Reason string `json:"reason"`
}

func (b *renewBody) facts() discharge.Facts {
	return discharge.Facts{Days: b.Days, HasReason: written(b.Reason)}
}
