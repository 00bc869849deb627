package discharge

import "dimissioni/internal/calendar"

// Revision is that of the rules' code, which a case keeps from its submission on. docs/adr/0007.
//
//   - 2: a completion says something; what is told on a day is not also remembered on that day.
const Revision = 2

// Rules are the settings of a programme that its cases live by. A case keeps those in force when it was
// submitted. Durations marked [S] in DOMAIN come from the project proposal, the others are our defaults.
type Rules struct {
	Revision   int               `json:"revision"` // of the rules' code; docs/adr/0007
	Programme  string            `json:"programme"`
	Calendar   calendar.Calendar `json:"calendar"`
	EndsOn     calendar.Date     `json:"ends_on,omitzero"` // the programme's last day; zero: not known
	ScreenedBy Role              `json:"screened_by"`      // who admits: coordinator, or municipality
	Equipe     bool              `json:"equipe"`           // the équipe clock runs
	Review     bool              `json:"review"`           // the review clock runs
	Cap        bool              `json:"cap"`              // the case closes by itself at CapDays

	PeriodDays            int  `json:"period_days"`             // longest first period, days
	CapDays               int  `json:"cap_days"`                // the hard maximum, days from the start
	EquipeDays            int  `json:"equipe_days"`             // days from the start
	HandoverDays          int  `json:"handover_days"`           // days from the start
	ScreeningWorkdays     int  `json:"screening_workdays"`      // from the referral
	ScreeningMinHours     int  `json:"screening_min_hours"`     // working hours, never less
	CompletionWorkdays    int  `json:"completion_workdays"`     // from the question
	AcceptanceWorkdays    int  `json:"acceptance_workdays"`     // from the proposal
	AcceptanceUrgentHours int  `json:"acceptance_urgent_hours"` // working hours, when urgent
	PlanMinWorkdays       int  `json:"plan_min_workdays"`       // from the acceptance, never less
	SignatureWorkdays     int  `json:"signature_workdays"`      // from a start without signatures
	OutcomeWorkdays       int  `json:"outcome_workdays"`        // from the close by the cap
	LateRecordWorkdays    int  `json:"late_record_workdays"`    // after the end, meetings and visits may still be recorded
	UrgentHours           int  `json:"urgent_hours"`            // a discharge nearer than this is urgent
	AccessDays            int  `json:"access_days"`             // after the end, who cared may still read
	SuspensionStopsClock  bool `json:"suspension_stops_clock"`  // suspended days do not count towards the six weeks
}

// Valid reports whether a case can live by the rules: somebody screens, every duration is at least one and at most a
// year's days, and the first period ends by the cap.
func (r Rules) Valid() bool {
	if r.ScreenedBy != RoleCoordinator && r.ScreenedBy != RoleMunicipality || r.PeriodDays > r.CapDays {
		return false
	}
	for _, n := range []int{
		r.PeriodDays, r.CapDays, r.EquipeDays, r.HandoverDays, r.ScreeningWorkdays, r.ScreeningMinHours,
		r.CompletionWorkdays, r.AcceptanceWorkdays, r.AcceptanceUrgentHours, r.PlanMinWorkdays, r.SignatureWorkdays,
		r.OutcomeWorkdays, r.LateRecordWorkdays, r.UrgentHours, r.AccessDays,
	} {
		if n < 1 || n > 366 {
			return false
		}
	}
	return true
}

// DefaultRules are those of the protected discharges of the Crema district (dp-cremasco).
func DefaultRules() Rules {
	return Rules{
		Revision:   Revision,
		Programme:  "dp-cremasco",
		Calendar:   calendar.Calendar{Patron: calendar.MonthDay{Month: 6, Day: 10}},
		ScreenedBy: RoleCoordinator,
		Equipe:     true, Review: true, Cap: true,
		PeriodDays: 21, CapDays: 42, EquipeDays: 10, HandoverDays: 28,
		ScreeningWorkdays: 1, ScreeningMinHours: 2, CompletionWorkdays: 2,
		AcceptanceWorkdays: 1, AcceptanceUrgentHours: 4, PlanMinWorkdays: 1,
		SignatureWorkdays: 3, OutcomeWorkdays: 5, LateRecordWorkdays: 10,
		UrgentHours: 48, AccessDays: 30,
	}
}

// HomeServicesRules are those of home services for the elderly (domicilio-anziani): the municipality admits and
// re-plans, and no équipe, review or cap clock runs unless set.
func HomeServicesRules() Rules {
	r := DefaultRules()
	r.Programme = "domicilio-anziani"
	r.ScreenedBy = RoleMunicipality
	r.Equipe, r.Review, r.Cap = false, false, false
	return r
}
