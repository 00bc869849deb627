package story

import (
	"context"
	"fmt"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
)

// crema counts the working days of the demo's district.
var crema = calendar.Calendar{Patron: calendar.MonthDay{Month: time.June, Day: 10}}

func referral(ctx context.Context, t *telling) error {
	t.chapter("Il reparto invia la segnalazione: cinque minuti, con la cartella davanti.")
	today := calendar.DateOf(time.Now())
	// Four working days for what comes before the start, and then some, so that nothing is urgent.
	t.start = crema.OnOrAfter(crema.AddWorkdays(today, 5).AddDays(3))
	body := Referral(t.start.String())
	body["early_notice"] = []string{"gp", "municipality"}
	if network, ok := body["network"].(client.Object); ok && t.cast.physicianID != "" {
		network["gp"] = client.Object{"physician_id": t.cast.physicianID}
	}
	answer, err := t.cast.sender.Post(ctx, "/discharges", body)
	if err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	t.id, t.code = client.Text(answer, "id"), client.Text(answer, "code")
	if err := t.catchUp(ctx); err != nil {
		return err
	}
	return t.forwardTo(ctx, crema.AddWorkdays(today, 1))
}

func assignment(ctx context.Context, t *telling) error {
	t.chapter("Il coordinatore valuta, riserva i fondi, cerca un ente: il primo rifiuta, il secondo accetta.")
	first := calendar.DateOf(t.now)
	criterion := client.Object{"met": true, "note": ""}
	err := t.all(ctx,
		step{t.cast.coordinator, "screen", client.Object{"outcome": "admit", "level": "moderate", "criteria": client.Object{
			"age_or_network": criterion, "residence_or_presence": criterion, "informed": criterion,
		}}},
		step{t.cast.coordinator, "propose", client.Object{"partner_id": t.cast.merakiID}},
	)
	if err != nil {
		return err
	}
	if err := t.forwardTo(ctx, crema.AddWorkdays(first, 1)); err != nil {
		return err
	}
	err = t.all(ctx,
		step{t.cast.meraki, "decline", client.Object{"reason_code": "no_capacity"}},
		step{t.cast.coordinator, "propose", client.Object{"partner_id": t.cast.igeaID}},
	)
	if err != nil {
		return err
	}
	if err := t.forwardTo(ctx, crema.AddWorkdays(first, 2)); err != nil {
		return err
	}
	err = t.all(ctx,
		step{t.cast.igea, "accept", nil},
		step{t.cast.igea, "appoint-case-manager", client.Object{"user_id": t.cast.caseManagerID}},
	)
	if err != nil {
		return err
	}
	return t.forwardTo(ctx, crema.AddWorkdays(first, 3))
}

func preparation(ctx context.Context, t *telling) error {
	t.chapter("Visita a casa, piano scritto e firmato, équipe convocata.")
	// The minutes are written on the next working day: also before the ten days are over.
	t.meeting = crema.OnOrBefore(t.start.AddDays(6))
	err := t.all(ctx,
		step{t.cast.caseManager, "record-home-visit", client.Object{"present": []string{"coordinator", "case_manager", "caregiver"}}},
		step{t.cast.caseManager, "submit-plan", t.plan("moderate", 3, 60)},
		step{t.cast.coordinator, "sign", signature("coordinator")},
		step{t.cast.caseManager, "sign", signature("case_manager")},
		step{t.cast.caseManager, "sign", signature("patient")},
		step{t.cast.caseManager, "convene-meeting", client.Object{
			"at": t.meeting.At(10, 30).Format(time.RFC3339), "place": "Sede di Igea",
		}},
	)
	if err != nil {
		return err
	}
	return t.forwardTo(ctx, t.start)
}

func start(ctx context.Context, t *telling) error {
	t.chapter("Si torna a casa: l'avvio è confermato, non supposto.")
	t.start = calendar.DateOf(t.now)
	if err := t.all(ctx, step{t.cast.caseManager, "confirm-start", nil}); err != nil {
		return err
	}
	return t.forwardTo(ctx, crema.AddWorkdays(t.meeting, 1))
}

func meeting(ctx context.Context, t *telling) error {
	t.chapter("L'équipe multidisciplinare si è riunita entro dieci giorni, e chiede di riprogettare.")
	attendee := func(role, mode string) client.Object {
		return client.Object{"role": role, "mode": mode, "name": "Partecipante di prova"}
	}
	err := t.all(ctx,
		step{t.cast.caseManager, "record-meeting", client.Object{
			"held_on": t.meeting.String(), "decision": "replan", "minutes": "Serve più aiuto al mattino.",
			"attendees": []client.Object{
				attendee("coordinator", "present"), attendee("case_manager", "present"),
				attendee("hospital_contact", "remote"), attendee("gp", "excused"),
			},
		}},
		step{t.cast.caseManager, "submit-plan", t.plan("high", 6, 60)},
		step{t.cast.coordinator, "sign", signature("coordinator")},
		step{t.cast.caseManager, "sign", signature("case_manager")},
		step{t.cast.caseManager, "sign", signature("patient")},
	)
	if err != nil {
		return err
	}
	return t.forwardTo(ctx, crema.OnOrAfter(t.start.AddDays(11)))
}

func interruption(ctx context.Context, t *telling) error {
	t.chapter("Un breve ricovero: l'assistenza si sospende e riprende, le sei settimane no.")
	if err := t.all(ctx, step{t.cast.caseManager, "suspend", client.Object{"reason_code": "hospital"}}); err != nil {
		return err
	}
	if err := t.forwardTo(ctx, crema.OnOrAfter(calendar.DateOf(t.now).AddDays(3))); err != nil {
		return err
	}
	if err := t.all(ctx, step{t.cast.caseManager, "resume", nil}); err != nil {
		return err
	}
	return t.forwardTo(ctx, crema.OnOrBefore(t.start.AddDays(20)))
}

func renewal(ctx context.Context, t *telling) error {
	t.chapter("La verifica delle tre settimane: si rinnova, al massimo fino a sei.")
	if err := t.all(ctx, step{t.cast.coordinator, "renew", client.Object{"days": 21}}); err != nil {
		return err
	}
	return t.forwardTo(ctx, crema.OnOrBefore(t.start.AddDays(28)))
}

func handover(ctx context.Context, t *telling) error {
	t.chapter("Due settimane prima della fine si scrive che cosa segue, da quando e chi è stato chiamato.")
	err := t.all(ctx, step{t.cast.caseManager, "update-details", client.Object{
		"what_follows": []string{"sad"}, "from": t.start.AddDays(42).String(),
		"note": "Il servizio di assistenza domiciliare del Comune comincia senza un giorno scoperto",
	}})
	if err != nil {
		return err
	}
	return t.forwardTo(ctx, crema.OnOrBefore(t.start.AddDays(39)))
}

func conclusion(ctx context.Context, t *telling) error {
	t.chapter("Si conclude prima del termine massimo. I fondi non usati tornano disponibili.")
	today := calendar.DateOf(t.now)
	err := t.all(ctx, step{t.cast.coordinator, "close", client.Object{
		"outcome": "completed", "what_follows": []string{"sad"}, "from": today.AddDays(1).String(),
		"goals_outcome": []client.Object{{"area": "autonomy", "outcome": "reached"}},
	}})
	if err != nil {
		return err
	}
	return t.forwardTo(ctx, crema.AddWorkdays(today, 1))
}

func signature(signer string) client.Object {
	return client.Object{"signer": signer, "method": "in_person"}
}

func (t *telling) plan(level string, times, minutes int) client.Object {
	return client.Object{
		"start_planned_on": t.start.String(), "days": 21, "level": level, "place_of_care": "home",
		"preferences":   "Alzarsi con calma.",
		"goals":         []client.Object{{"area": "autonomy", "text": "Camminare in casa con il deambulatore."}},
		"interventions": []client.Object{{"figure": "oss", "service": "home_care", "times_per_week": times, "minutes": minutes}},
	}
}

// Referral is the R1 of a person that does not exist: no more than what the form asks for to be sent.
func Referral(expected string) client.Object {
	return client.Object{
		"programme_id": "dp-cremasco",
		"sender":       client.Object{"ward": "Medicina", "person": "Infermiera di prova", "phone": "0373 000000"},
		"patient": client.Object{
			"family_name": "Esempio", "given_name": "Teresa", "sex": "F", "birth_date": "1941-05-02",
			"no_code_reason": "tessera non disponibile", "phone": "0373 000001",
		},
		"places": client.Object{"going_to_istat": "019035", "address": "Via di Prova 1", "residence_istat": "019035", "housing": "stable"},
		"stay": client.Object{
			"kind": "ward", "expected_discharge_on": expected, "reason": "Frattura di femore, rientro a casa", "infectious": "no",
		},
		"network": client.Object{
			"caregiver": client.Object{
				"name": "Marco Esempio", "relation": "figlio", "phone": "0373 000002", "email": "caregiver@demo.test", "channel": "email",
			},
		},
		"needs": client.Object{"figures": []string{"oss"}, "level": "moderate", "goal": "Tornare a camminare in casa"},
		"consent": client.Object{
			"informed": client.Object{"given": true}, "willing": "yes", "share_with": []string{"gp", "municipality"},
		},
	}
}
