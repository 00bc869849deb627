package api

import (
	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// The commands from the home visit to the start.
var planCommands = []commandSpec{
	{discharge.RecordHomeVisit, with[homeVisitBody]},
	{discharge.SubmitPlan, with[planCommand]},
	{discharge.Sign, with[signBody]},
	{discharge.MoveStart, with[moveBody]},
	{discharge.ConfirmStart, with[startBody]},
}

type homeVisitBody struct {
	common
	HeldOn  calendar.Date `json:"held_on"`
	Present []presence    `json:"present"`
}

func (b *homeVisitBody) facts() discharge.Facts {
	return discharge.Facts{HeldOn: b.HeldOn}
}

type planCommand struct {
	common
	planBody
}

// planBody is a version of the PAI, as it is submitted and as it is read again.
type planBody struct {
	StartPlannedOn  calendar.Date    `json:"start_planned_on,omitzero"`
	Days            int              `json:"days,omitzero"`
	Level           discharge.Level  `json:"level,omitzero"`
	PlaceOfCare     string           `json:"place_of_care,omitzero"`
	Preferences     string           `json:"preferences,omitzero"`
	Goals           []goal           `json:"goals,omitzero"`
	Interventions   []intervention   `json:"interventions,omitzero"`
	NetworkServices []networkService `json:"network_services,omitzero"`
	MonitoringSteps []monitoringStep `json:"monitoring_steps,omitzero"`
	CaregiverPart   string           `json:"caregiver_part,omitzero"`
}

type goal struct {
	Area string `json:"area"`
	Text string `json:"text"`
}

type intervention struct {
	Figure       discharge.Figure `json:"figure"`
	Service      string           `json:"service,omitzero"`
	TimesPerWeek int              `json:"times_per_week"`
	Minutes      int              `json:"minutes"`
}

type networkService struct {
	Service string        `json:"service"`
	Owner   string        `json:"owner,omitzero"`
	AskedOn calendar.Date `json:"asked_on,omitzero"`
	From    calendar.Date `json:"from,omitzero"`
	To      calendar.Date `json:"to,omitzero"`
}

type monitoringStep struct {
	On   calendar.Date `json:"on"`
	What string        `json:"what,omitzero"`
}

func (b *planCommand) facts() discharge.Facts {
	f := discharge.Facts{
		StartPlannedOn: b.StartPlannedOn, Days: b.Days, Level: b.Level, CaregiverPart: written(b.CaregiverPart),
	}
	for _, i := range b.Interventions {
		f.Interventions = append(f.Interventions, discharge.Intervention{
			Figure: i.Figure, TimesPerWeek: i.TimesPerWeek, Minutes: i.Minutes,
		})
	}
	for _, step := range b.MonitoringSteps {
		f.MonitoringOn = append(f.MonitoringOn, step.On)
	}
	return f
}

type signBody struct {
	common
	Signer       string        `json:"signer"`
	Method       string        `json:"method"`
	SignedOn     calendar.Date `json:"signed_on"`
	Witnesses    []string      `json:"witnesses"`
	Title        string        `json:"title"`
	Act          string        `json:"act"`
	AttachmentID string        `json:"attachment_id"`
	Reason       string        `json:"reason"`
}

func (b *signBody) facts() discharge.Facts {
	f := discharge.Facts{
		Signer: b.Signer, Method: b.Method, SignedOn: b.SignedOn, Attachment: b.AttachmentID != "",
		HasTitle: written(b.Title) && written(b.Act), HasReason: written(b.Reason),
	}
	for _, name := range b.Witnesses {
		if written(name) {
			f.Witnesses++
		}
	}
	return f
}

type moveBody struct {
	common
	StartPlannedOn calendar.Date `json:"start_planned_on"`
	Reason         string        `json:"reason"`
}

func (b *moveBody) facts() discharge.Facts {
	return discharge.Facts{StartPlannedOn: b.StartPlannedOn, HasReason: written(b.Reason)}
}

type startBody struct {
	common
	StartOn calendar.Date `json:"start_on"`
}

func (b *startBody) facts() discharge.Facts {
	return discharge.Facts{StartOn: b.StartOn}
}
