package api

import (
	"slices"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// The commands from the screening to the case manager.
var admissionCommands = []commandSpec{
	{discharge.Screen, with[screenBody]},
	{discharge.Propose, with[partnerBody]},
	{discharge.Reassign, with[partnerBody]},
	{discharge.Accept, with[nothing]},
	{discharge.Decline, with[codedBody]},
	{discharge.ReturnCase, with[codedBody]},
	{discharge.UrgentStart, with[urgentBody]},
	{discharge.AppointCaseManager, with[appointBody]},
	{discharge.Take, with[nothing]},
}

type criterionBody struct {
	Met  bool   `json:"met"`
	Note string `json:"note"`
}

type criteriaBody struct {
	AgeOrNetwork        *criterionBody `json:"age_or_network"`
	ResidenceOrPresence *criterionBody `json:"residence_or_presence"`
	Episode             *criterionBody `json:"episode"`
	Informed            *criterionBody `json:"informed"`
}

func (b criteriaBody) list() []discharge.Criterion {
	var list []discharge.Criterion
	for _, one := range []struct {
		name string
		said *criterionBody
	}{
		{"age_or_network", b.AgeOrNetwork},
		{"residence_or_presence", b.ResidenceOrPresence},
		{"episode", b.Episode},
		{"informed", b.Informed},
	} {
		if one.said != nil {
			list = append(list, discharge.Criterion{Name: one.name, Met: one.said.Met})
		}
	}
	return list
}

type screenBody struct {
	common
	Outcome    string          `json:"outcome"`
	Level      discharge.Level `json:"level"`
	Criteria   criteriaBody    `json:"criteria"`
	ReasonCode string          `json:"reason_code"`
	Reason     string          `json:"reason"`
}

func (b *screenBody) facts() discharge.Facts {
	return discharge.Facts{
		Outcome: b.Outcome, Level: b.Level, Criteria: b.Criteria.list(), ReasonCode: b.ReasonCode,
		HasReason: written(b.Reason),
	}
}

type partnerBody struct {
	common
	PartnerID string `json:"partner_id"`
	Reason    string `json:"reason"`
}

func (b *partnerBody) facts() discharge.Facts {
	return discharge.Facts{PartnerID: b.PartnerID, HasReason: written(b.Reason)}
}

func (b *partnerBody) look(t turn, _ *discharge.Facts) error { return t.checkPartner(b.PartnerID) }

// checkPartner refuses whoever is not a partner of the programme.
func (t turn) checkPartner(id string) error {
	partners, err := t.store.Organisations(t, "partner", t.v.ProgrammeID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(partners, func(o postgres.Organisation) bool { return o.ID == id }) {
		return discharge.Invalid("partner_id", "unknown", "L'ente non è tra quelli del programma.")
	}
	return nil
}

type codedBody struct {
	common
	ReasonCode string `json:"reason_code"`
	Reason     string `json:"reason"`
}

func (b *codedBody) facts() discharge.Facts {
	return discharge.Facts{ReasonCode: b.ReasonCode, HasReason: written(b.Reason)}
}

type urgentBody struct {
	common
	Level         discharge.Level `json:"level"`
	Criteria      criteriaBody    `json:"criteria"`
	PartnerID     string          `json:"partner_id"`
	CaseManagerID string          `json:"case_manager_id"`
	StartOn       calendar.Date   `json:"start_on"`
	Reason        string          `json:"reason"`
}

func (b *urgentBody) facts() discharge.Facts {
	return discharge.Facts{
		Level: b.Level, Criteria: b.Criteria.list(), PartnerID: b.PartnerID, UserID: b.CaseManagerID,
		StartOn: b.StartOn, HasReason: written(b.Reason),
	}
}

func (b *urgentBody) look(t turn, _ *discharge.Facts) error {
	if err := t.checkPartner(b.PartnerID); err != nil {
		return err
	}
	return t.checkCaseManager("case_manager_id", b.CaseManagerID, b.PartnerID)
}

type appointBody struct {
	common
	UserID        string        `json:"user_id"`
	From          calendar.Date `json:"from"`
	To            calendar.Date `json:"to"`
	SubstituteFor string        `json:"substitute_for"`
}

func (b *appointBody) facts() discharge.Facts {
	return discharge.Facts{UserID: b.UserID, From: b.From, To: b.To, SubstituteFor: b.SubstituteFor}
}

func (b *appointBody) look(t turn, _ *discharge.Facts) error {
	known := func(a discharge.Appointment) bool { return a.UserID == b.SubstituteFor }
	if b.SubstituteFor != "" && !slices.ContainsFunc(t.v.Snapshot.CaseManagers, known) {
		return discharge.Invalid("substitute_for", "unknown", "Non è un case manager di questo caso.")
	}
	return t.checkCaseManager("user_id", b.UserID, t.v.Snapshot.PartnerID)
}

// checkCaseManager refuses whoever is not a case manager of the partner in the programme.
func (t turn) checkCaseManager(field, userID, partnerID string) error {
	u, err := t.store.User(t, userID)
	if err != nil && discharge.KindOf(err) != discharge.KindNotFound {
		return err
	}
	if err != nil || !u.Active || u.OrganisationID != partnerID ||
		!inProgramme(u, t.v.ProgrammeID, discharge.RoleCaseManager) {
		return discharge.Invalid(field, "unknown", "Scelga un case manager dell'ente che segue il caso.")
	}
	return nil
}
