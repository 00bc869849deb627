package story

import (
	"context"
	"fmt"
	"time"

	"dimissioni/internal/standalone/client"
)

func referral(ctx context.Context, t *telling) error {
	t.chapter("Il reparto invia la segnalazione: cinque minuti, con la cartella davanti.")
	body := Referral(t.days.start.String())
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
	return t.play(ctx, t.wait(t.days.screened))
}

func assignment(ctx context.Context, t *telling) error {
	t.chapter("Il coordinatore valuta, riserva i fondi, cerca un ente: il primo rifiuta, il secondo accetta.")
	criterion := client.Object{"met": true, "note": ""}
	return t.play(ctx,
		t.does(t.cast.coordinator, "screen", client.Object{"outcome": "admit", "level": "moderate", "criteria": client.Object{
			"age_or_network": criterion, "residence_or_presence": criterion, "informed": criterion,
		}}),
		t.does(t.cast.coordinator, "propose", client.Object{"partner_id": t.cast.merakiID}),
		t.wait(t.days.declined),
		t.does(t.cast.meraki, "decline", client.Object{"reason_code": "no_capacity"}),
		t.does(t.cast.coordinator, "propose", client.Object{"partner_id": t.cast.igeaID}),
		t.wait(t.days.accepted),
		t.does(t.cast.igea, "accept", nil),
		t.does(t.cast.igea, "appoint-case-manager", client.Object{"user_id": t.cast.caseManagerID}),
		t.wait(t.days.prepared),
	)
}

func preparation(ctx context.Context, t *telling) error {
	t.chapter("Visita a casa, piano scritto e firmato, équipe convocata.")
	return t.play(ctx,
		t.does(t.cast.caseManager, "record-home-visit", client.Object{"present": []string{"coordinator", "case_manager", "caregiver"}}),
		t.does(t.cast.caseManager, "submit-plan", t.plan("moderate", 3, 60)),
		t.does(t.cast.coordinator, "sign", signature("coordinator")),
		t.does(t.cast.caseManager, "sign", signature("case_manager")),
		t.does(t.cast.caseManager, "sign", signature("patient")),
		t.does(t.cast.caseManager, "convene-meeting", client.Object{
			"at": t.days.meeting.At(10, 30).Format(time.RFC3339), "place": "Sede di Igea",
		}),
		t.wait(t.days.start),
	)
}

func start(ctx context.Context, t *telling) error {
	t.chapter("Si torna a casa: l'avvio è confermato, non supposto.")
	return t.play(ctx,
		t.does(t.cast.caseManager, "confirm-start", client.Object{"start_on": t.days.start.String()}),
		t.wait(t.days.minutes),
	)
}

func meeting(ctx context.Context, t *telling) error {
	t.chapter("L'équipe multidisciplinare si è riunita entro dieci giorni, e chiede di riprogettare.")
	attendee := func(role, mode string) client.Object {
		return client.Object{"role": role, "mode": mode, "name": "Partecipante di prova"}
	}
	return t.play(ctx,
		t.does(t.cast.caseManager, "record-meeting", client.Object{
			"held_on": t.days.meeting.String(), "decision": "replan", "minutes": "Serve più aiuto al mattino.",
			"attendees": []client.Object{
				attendee("coordinator", "present"), attendee("case_manager", "present"),
				attendee("hospital_contact", "remote"), attendee("gp", "excused"),
			},
		}),
		t.does(t.cast.caseManager, "submit-plan", t.plan("high", 6, 60)),
		t.does(t.cast.coordinator, "sign", signature("coordinator")),
		t.does(t.cast.caseManager, "sign", signature("case_manager")),
		t.does(t.cast.caseManager, "sign", signature("patient")),
		t.wait(t.days.suspended),
	)
}

func interruption(ctx context.Context, t *telling) error {
	t.chapter("Un breve ricovero: l'assistenza si sospende e riprende, le sei settimane no.")
	return t.play(ctx,
		t.does(t.cast.caseManager, "suspend", client.Object{"reason_code": "hospital"}),
		t.wait(t.days.resumed),
		t.does(t.cast.caseManager, "resume", nil),
		t.wait(t.days.renewed),
	)
}

func renewal(ctx context.Context, t *telling) error {
	t.chapter("La verifica delle tre settimane: si rinnova, al massimo fino a sei, e si scrive già che cosa segue.")
	return t.play(ctx,
		t.does(t.cast.coordinator, "renew", client.Object{"days": 21}),
		t.does(t.cast.caseManager, "update-details", client.Object{
			"what_follows": []string{"sad"}, "from": t.days.closed.AddDays(1).String(),
			"note": "Chiamato il servizio di assistenza domiciliare del Comune: comincia il giorno dopo",
		}),
		t.wait(t.days.closed),
	)
}

func conclusion(ctx context.Context, t *telling) error {
	t.chapter("Si conclude prima del termine massimo. I fondi non usati tornano disponibili.")
	return t.play(ctx,
		t.does(t.cast.coordinator, "close", client.Object{
			"outcome": "completed", "what_follows": []string{"sad"}, "from": t.days.closed.AddDays(1).String(),
			"goals_outcome": []client.Object{{"area": "autonomy", "outcome": "reached"}},
		}),
		t.wait(t.days.over),
	)
}

func signature(signer string) client.Object {
	return client.Object{"signer": signer, "method": "in_person"}
}

func (t *telling) plan(level string, times, minutes int) client.Object {
	return client.Object{
		"start_planned_on": t.days.start.String(), "days": 21, "level": level, "place_of_care": "home",
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
