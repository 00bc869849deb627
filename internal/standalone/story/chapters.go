package story

import (
	"context"
	"fmt"
	"time"

	"dimissioni/internal/standalone/client"
)

// startDay is the day of the start, counted from the referral: a discharge announced a week ahead.
const startDay = 7

func referral(ctx context.Context, t *telling) error {
	t.chapter("Il reparto invia la segnalazione: cinque minuti, con la cartella davanti.")
	t.first = time.Now().In(rome)
	answer, err := t.cast.sender.Post(ctx, "/discharges", Referral(t.day(startDay)))
	if err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	t.id, t.code = client.Text(answer, "id"), client.Text(answer, "code")
	return t.catchUp(ctx)
}

func assignment(ctx context.Context, t *telling) error {
	t.chapter("Il coordinatore valuta, riserva i fondi, cerca un ente. Il primo rifiuta, il secondo accetta.")
	if err := t.forward(ctx, 2); err != nil {
		return err
	}
	criterion := client.Object{"met": true, "note": ""}
	return t.all(ctx,
		step{t.cast.coordinator, "screen", client.Object{"outcome": "admit", "level": "moderate", "criteria": client.Object{
			"age_or_network": criterion, "residence_or_presence": criterion, "informed": criterion,
		}}},
		step{t.cast.coordinator, "propose", client.Object{"partner_id": t.cast.merakiID}},
		step{t.cast.meraki, "decline", client.Object{"reason_code": "no_capacity"}},
		step{t.cast.coordinator, "propose", client.Object{"partner_id": t.cast.igeaID}},
		step{t.cast.igea, "accept", nil},
		step{t.cast.igea, "appoint-case-manager", client.Object{"user_id": t.cast.caseManagerID}},
	)
}

func preparation(ctx context.Context, t *telling) error {
	t.chapter("Visita a casa, piano scritto e firmato.")
	if err := t.forward(ctx, 3); err != nil {
		return err
	}
	return t.all(ctx,
		step{t.cast.caseManager, "record-home-visit", client.Object{"present": []string{"coordinator", "case_manager", "caregiver"}}},
		step{t.cast.caseManager, "submit-plan", t.plan("moderate", 3, 60)},
		step{t.cast.coordinator, "sign", signature("coordinator")},
		step{t.cast.caseManager, "sign", signature("case_manager")},
		step{t.cast.caseManager, "sign", signature("patient")},
		step{t.cast.caseManager, "convene-meeting", client.Object{
			"at": t.morning(startDay + 8), "place": "Sede di Igea",
		}},
	)
}

func start(ctx context.Context, t *telling) error {
	t.chapter("Si torna a casa: l'avvio è confermato, non supposto.")
	if err := t.forward(ctx, startDay-5); err != nil {
		return err
	}
	return t.all(ctx, step{t.cast.caseManager, "confirm-start", nil})
}

func meeting(ctx context.Context, t *telling) error {
	t.chapter("L'équipe multidisciplinare si riunisce entro dieci giorni e chiede di riprogettare.")
	if err := t.forward(ctx, 9); err != nil {
		return err
	}
	attendee := func(role, mode string) client.Object {
		return client.Object{"role": role, "mode": mode, "name": "Partecipante di prova"}
	}
	return t.all(ctx,
		step{t.cast.caseManager, "record-meeting", client.Object{
			"decision": "replan", "minutes": "Serve più aiuto al mattino.",
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
}

func interruption(ctx context.Context, t *telling) error {
	t.chapter("Un breve ricovero: l'assistenza si sospende e riprende, le sei settimane no.")
	if err := t.forward(ctx, 5); err != nil {
		return err
	}
	if err := t.do(ctx, t.cast.caseManager, "suspend", client.Object{"reason_code": "hospital"}); err != nil {
		return err
	}
	if err := t.forward(ctx, 3); err != nil {
		return err
	}
	return t.do(ctx, t.cast.caseManager, "resume", nil)
}

func renewal(ctx context.Context, t *telling) error {
	t.chapter("La verifica delle tre settimane: si rinnova, al massimo fino a sei.")
	if err := t.forward(ctx, 3); err != nil {
		return err
	}
	return t.do(ctx, t.cast.coordinator, "renew", client.Object{"days": 21})
}

func conclusion(ctx context.Context, t *telling) error {
	t.chapter("Si conclude prima del termine massimo, con quello che segue già chiamato. I fondi non usati tornano.")
	if err := t.forward(ctx, 18); err != nil {
		return err
	}
	return t.do(ctx, t.cast.coordinator, "close", client.Object{
		"outcome": "completed", "what_follows": []string{"sad"}, "from": t.day(startDay + 40),
		"goals_outcome": []client.Object{{"area": "autonomy", "outcome": "reached"}},
	})
}

// morning is 10:30 of a day of the story, as the contract writes an instant.
func (t *telling) morning(n int) string {
	day := t.first.AddDate(0, 0, n)
	return time.Date(day.Year(), day.Month(), day.Day(), 10, 30, 0, 0, rome).UTC().Format(time.RFC3339)
}

func signature(signer string) client.Object {
	return client.Object{"signer": signer, "method": "in_person"}
}

func (t *telling) plan(level string, times, minutes int) client.Object {
	return client.Object{
		"start_planned_on": t.day(startDay), "days": 21, "level": level, "place_of_care": "home",
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
