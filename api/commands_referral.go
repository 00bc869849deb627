package api

import (
	"encoding/json"
	"slices"
	"strings"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// The commands on the referral and on the stay.
var referralCommands = []commandSpec{
	{discharge.Complete, with[completeBody]},
	{discharge.UpdateDetails, with[detailsBody]},
	{discharge.RequestInformation, with[questionBody]},
	{discharge.UpdateDischarge, with[dischargeBody]},
	{discharge.ReadmissionNotice, with[readmissionBody]},
}

// groupsBody are the groups of the referral to replace; package referral reads and judges them.
type groupsBody struct {
	common
	Sender   json.RawMessage `json:"sender"`
	Patient  json.RawMessage `json:"patient"`
	Places   json.RawMessage `json:"places"`
	Stay     json.RawMessage `json:"stay"`
	Autonomy json.RawMessage `json:"autonomy"`
	Network  json.RawMessage `json:"network"`
	Needs    json.RawMessage `json:"needs"`
	Consent  json.RawMessage `json:"consent"`
	Plan     json.RawMessage `json:"plan"`
}

// given are the groups that were sent.
func (b *groupsBody) given() map[string]json.RawMessage {
	groups := map[string]json.RawMessage{
		"sender": b.Sender, "patient": b.Patient, "places": b.Places, "stay": b.Stay, "autonomy": b.Autonomy,
		"network": b.Network, "needs": b.Needs, "consent": b.Consent, "plan": b.Plan,
	}
	for name, raw := range groups {
		if raw == nil {
			delete(groups, name)
		}
	}
	return groups
}

// replace is the referral with the new groups in it, and their names; what they say must be able to stand.
func (b *groupsBody) replace(t turn) (referral.Referral, []string, error) {
	merged, groups, err := referral.Merge(t.v.Referral, b.given())
	if err != nil {
		return merged, nil, err
	}
	merged.Normalise(t.v.now)
	if wrong := referral.InGroups(merged.Validate(t.v.now, nil), groups...); len(wrong) > 0 {
		return merged, nil, invalid(wrong)
	}
	if slices.Contains(groups, "stay") && dischargeOf(merged) != dischargeOf(t.v.Referral) {
		return merged, nil, discharge.Invalid("stay.expected_discharge_on", "not_applicable",
			"La data di dimissione si cambia con «Aggiornare la dimissione»: così le scadenze la seguono e tutti sono avvisati.")
	}
	if slices.Contains(groups, "network") {
		return merged, groups, t.knowsPhysician(t, merged)
	}
	return merged, groups, nil
}

// dischargeOf is what a referral says of the day of the discharge.
func dischargeOf(r referral.Referral) (day struct {
	on   calendar.Date
	home bool
},
) {
	day.on, day.home = r.Stay.ExpectedDischargeOn, r.Stay.AlreadyHome
	return day
}

// share tells the facts that follow from the new groups.
func (b *groupsBody) share(t turn, f *discharge.Facts) (referral.Referral, error) {
	merged, groups, err := b.replace(t)
	if err != nil {
		return merged, err
	}
	f.Groups = groups
	if slices.Contains(groups, "consent") {
		f.Sharing, f.ShareWith = true, merged.Consent.ShareWith
		f.Informed = merged.Consent.Informed != nil && merged.Consent.Informed.Given
	}
	return merged, nil
}

type completeBody struct{ groupsBody }

// A note may be the answer to a question.
func (b *completeBody) facts() discharge.Facts { return discharge.Facts{HasReason: written(b.Note)} }

func (b *completeBody) look(t turn, f *discharge.Facts) error {
	merged, err := b.share(t, f)
	f.Missing = referral.Missing(merged)
	return err
}

type detailsBody struct {
	groupsBody
	WhatFollows followUps     `json:"what_follows"`
	From        calendar.Date `json:"from"`
}

func (b *detailsBody) facts() discharge.Facts {
	return discharge.Facts{WhatFollows: b.WhatFollows, From: b.From}
}

func (b *detailsBody) look(t turn, f *discharge.Facts) error {
	_, err := b.share(t, f)
	if len(b.WhatFollows) > 0 {
		f.Groups = append(f.Groups, "what_follows")
	}
	return err
}

type questionBody struct {
	common
	Question string `json:"question"`
}

func (b *questionBody) facts() discharge.Facts {
	return discharge.Facts{HasReason: written(b.Question)}
}

type dischargeBody struct {
	common
	ExpectedOn   calendar.Date `json:"expected_on"`
	DischargedOn calendar.Date `json:"discharged_on"`
	Reason       string        `json:"reason"`
}

func (b *dischargeBody) facts() discharge.Facts {
	return discharge.Facts{ExpectedOn: b.ExpectedOn, DischargedOn: b.DischargedOn, HasReason: written(b.Reason)}
}

type readmissionBody struct {
	common
	Ward                string        `json:"ward"`
	AdmittedOn          calendar.Date `json:"admitted_on"`
	ExpectedDischargeOn calendar.Date `json:"expected_discharge_on"`
	Phone               string        `json:"phone"`
}

func (b *readmissionBody) facts() discharge.Facts {
	return discharge.Facts{From: b.AdmittedOn, ExpectedOn: b.ExpectedDischargeOn}
}

// written says that a text says something.
func written(text string) bool { return strings.TrimSpace(text) != "" }
