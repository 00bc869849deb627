package api

import (
	"cmp"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// The commands that end a case, open it again or correct it.
var endCommands = []commandSpec{
	{discharge.EndBeforeStart, with[codedBody]},
	{discharge.ReportDeath, with[deathBody]},
	{discharge.Close, with[closeBody]},
	{discharge.CompleteOutcome, with[closeBody]},
	{discharge.Reopen, with[reasonBody]},
	{discharge.Cancel, with[reasonBody]},
	{discharge.Correct, with[correctBody]},
}

type deathBody struct {
	common
	DiedOn calendar.Date `json:"died_on"`
	Place  string        `json:"place"`
}

func (b *deathBody) facts() discharge.Facts {
	return discharge.Facts{EndedOn: b.DiedOn, Outcome: b.Place}
}

type closeBody struct {
	common
	Outcome      string        `json:"outcome"`
	ClosedOn     calendar.Date `json:"closed_on"`
	WhatFollows  followUps     `json:"what_follows"`
	From         calendar.Date `json:"from"`
	GoalsOutcome goalsOutcome  `json:"goals_outcome"`
}

func (b *closeBody) facts() discharge.Facts {
	return discharge.Facts{
		Outcome: b.Outcome, EndedOn: b.ClosedOn, WhatFollows: b.WhatFollows, From: b.From, HasReason: written(b.Note),
	}
}

type reasonBody struct {
	common
	Reason string `json:"reason"`
}

func (b *reasonBody) facts() discharge.Facts {
	return discharge.Facts{HasReason: written(b.Reason)}
}

// correctBody gives a recorded fact its true date: `on`, or by the name that the fact's own command uses.
type correctBody struct {
	common
	EventSeq int           `json:"event_seq"`
	StartOn  calendar.Date `json:"start_on"`
	HeldOn   calendar.Date `json:"held_on"`
	SignedOn calendar.Date `json:"signed_on"`
	ClosedOn calendar.Date `json:"closed_on"`
	DiedOn   calendar.Date `json:"died_on"`
	Reason   string        `json:"reason"`
}

func (b *correctBody) facts() discharge.Facts {
	return discharge.Facts{
		EventSeq: b.EventSeq, HasReason: written(b.Reason),
		Date: cmp.Or(b.StartOn, b.HeldOn, b.SignedOn, b.ClosedOn, b.DiedOn, b.On),
	}
}

// look finds who recorded the fact. The correction itself happens today, whatever the date that it gives.
func (b *correctBody) look(t turn, f *discharge.Facts) error {
	b.On = calendar.Date{}
	entries, err := t.store.Timeline(t, t.v.ID)
	for _, entry := range entries {
		if entry.Event.Seq == b.EventSeq {
			f.OwnEvent = entry.Event.Actor.UserID == t.actor.UserID
		}
	}
	return err
}
