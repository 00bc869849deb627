package e2e

import (
	"net/http"
	"strings"

	"dimissioni/internal/standalone/client"
)

func (d desk) holdKeys() {
	body := d.referral()
	first := d.post("sender", "/discharges", body, "Idempotency-Key", "chiave-1").wants(http.StatusCreated)
	again := d.post("sender", "/discharges", body, "Idempotency-Key", "chiave-1").wants(http.StatusCreated)
	if first.raw != again.raw {
		d.t.Errorf("the same key answers %s, then %s", first.raw, again.raw)
	}
	d.post("sender", "/discharges", d.referral(), "Idempotency-Key", "chiave-1").refuses(http.StatusUnprocessableEntity, "idempotency_key_reused")

	id := first.text("id")
	propose := "/discharges/" + id + "/propose"
	ask := client.Object{"partner_id": d.igea()}
	d.post("coordinator", propose, ask, "Idempotency-Key", "chiave-2").refuses(http.StatusConflict, "not_allowed_in_state")
	d.give("coordinator", id, "screen", admission(), "matching")
	d.post("coordinator", propose, ask, "Idempotency-Key", "chiave-2").wants(http.StatusOK)
	once := d.post("coordinator", propose, ask, "Idempotency-Key", "chiave-2").wants(http.StatusOK)
	if once.body["version"] != 3.0 {
		d.t.Errorf("proposed twice: %s", once.raw)
	}
	d.post("coordinator", propose, client.Object{"partner_id": d.meraki()}, "Idempotency-Key", "chiave-2").
		refuses(http.StatusUnprocessableEntity, "idempotency_key_reused")

	decline := "/discharges/" + id + "/decline"
	no := client.Object{"reason_code": "no_capacity"}
	out := d.post("igea", decline, no, "Idempotency-Key", "chiave-3").wants(http.StatusOK)
	d.give("coordinator", id, "propose", client.Object{"partner_id": d.meraki()}, "proposed")
	if same := d.post("igea", decline, no, "Idempotency-Key", "chiave-3").wants(http.StatusOK); same.raw != out.raw {
		d.t.Errorf("declined: %s, then %s", out.raw, same.raw)
	}
}

func (d desk) holdAsync() {
	sent := d.post("sender", "/discharges", d.referral()).wants(http.StatusCreated)
	id, code := sent.text("id"), sent.text("code")
	later := func(command string, body client.Object, key string) reply {
		r := d.post("coordinator", "/discharges/"+id+"/"+command, body, "Prefer", "respond-async", "Idempotency-Key", key).wants(http.StatusAccepted)
		if !strings.Contains(r.header.Get("Location"), "/commands/") {
			d.t.Fatalf("Location %q", r.header.Get("Location"))
		}
		var status reply
		d.eventually(command+" is settled", func() bool {
			status = d.get("coordinator", r.header.Get("Location")).wants(http.StatusOK)
			return status.text("status") != "pending"
		})
		d.get("sender", r.header.Get("Location")).refuses(http.StatusNotFound, "not_found")
		return status
	}
	if done := later("take", client.Object{}, "dopo-1"); done.text("status") != "done" {
		d.t.Errorf("taken: %s", done.raw)
	}
	refused := later("renew", client.Object{"days": 3}, "dopo-2")
	if refused.text("status") != "refused" || refused.text("problem", "code") != "not_allowed_in_state" || refused.at("problem", "status") != 409.0 {
		d.t.Errorf("refused: %s", refused.raw)
	}
	d.forwardUntil(id, "its sender hears of the refusal", func() bool { return len(d.mails(code, "command_refused")) > 0 })
	if mails := d.mails(code, "command_refused"); len(mails) != 1 || mails[0].To[0] != "coordinator@demo.test" {
		d.t.Errorf("told: %v", mails)
	}
}

func (d desk) holdErrors() {
	id := d.sent()
	take := "/discharges/" + id + "/take"
	d.post("coordinator", take, `{"note": `).refuses(http.StatusBadRequest, "malformed")
	d.post("coordinator", take, `{"note": "a", "note": "b"}`).refuses(http.StatusBadRequest, "malformed")
	d.post("coordinator", take, `{"note": "`+strings.Repeat("x", 2<<20)+`"}`).refuses(http.StatusRequestEntityTooLarge, "too_large")
	d.post("coordinator", take, `{}`, "Content-Type", "text/plain").refuses(http.StatusUnsupportedMediaType, "unsupported_media_type")
	d.post("coordinator", take, `{}`, "Content-Type", "application/x-www-form-urlencoded").refuses(http.StatusUnsupportedMediaType, "unsupported_media_type")
	d.post("coordinator", take, `{"note": {"`+secret+`": 1}}`).refuses(http.StatusUnprocessableEntity, "invalid").names("note")
	d.post("coordinator", take, `{"`+secret+`": "`+secret+`"}`).refuses(http.StatusUnprocessableEntity, "invalid")
	d.post("coordinator", take, `{"on": "2026-02-30"}`).refuses(http.StatusUnprocessableEntity, "invalid").names("on")
	d.post("coordinator", take, client.Object{"on": inDays(2)}).refuses(http.StatusUnprocessableEntity, "invalid").names("on")
	d.ask("coordinator", http.MethodPost, take, nil).wants(http.StatusOK)
	d.post("coordinator", "/discharges/"+id+"/screen", "").refuses(http.StatusBadRequest, "malformed")
	d.post("coordinator", "/discharges/"+id+"/screen", client.Object{"outcome": secret}).refuses(http.StatusUnprocessableEntity, "invalid").names("outcome")
	d.post("coordinator", "/discharges/"+id+"/fast-forward", client.Object{"days": secret}).refuses(http.StatusUnprocessableEntity, "invalid").names("days")

	d.ask("coordinator", http.MethodDelete, "/discharges/"+id, nil).refuses(http.StatusMethodNotAllowed, "method_not_allowed")
	d.get("coordinator", "/"+secret).refuses(http.StatusNotFound, "not_found")
	d.get("coordinator", "/discharges/"+secret).refuses(http.StatusNotFound, "not_found")
	d.post("coordinator", "/discharges/00000000-0000-4000-8000-000000000000/take", client.Object{}).refuses(http.StatusNotFound, "not_found")
	d.get("coordinator", "/discharges?state="+secret).refuses(http.StatusUnprocessableEntity, "invalid")
	d.get("coordinator", "/discharges?limit=201").refuses(http.StatusUnprocessableEntity, "invalid")
	d.get("coordinator", "/discharges?cursor="+secret).refuses(http.StatusBadRequest, "malformed")
}
