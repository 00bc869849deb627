package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"dimissioni/api/html/htmltest"
	"dimissioni/internal/postgres"
)

func TestACaseIsShownAsItsReaderMaySeeIt(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	path := "/casi/" + id
	for who, tc := range map[string]struct{ shows, hides []string }{
		"coordinator": {
			[]string{
				"Rossella Bianchi", "01/02/1940", "Via dei Tigli 7", "polmonite", "giorno 0 di 42", "Perché questa data", "In vigore: versione 1",
				"2.000,00 euro", "Cronologia", "Messaggi", "Chi ha letto", "Igea", "Rinnovare",
			},
			nil,
		},
		"casemanager": {[]string{"Rossella Bianchi", "polmonite", "2.000,00 euro", "Messaggi"}, []string{"Chi ha letto"}},
		"sender":      {[]string{"Rossella Bianchi", "Medicina generale", "Cronologia"}, []string{"2.000,00 euro", "Messaggi", "In vigore", "Chi ha letto"}},
		"dpo":         {[]string{"Chi ha letto"}, []string{"Bianchi", "polmonite", "Attiva", "Crema"}},
	} {
		seat := d.sits(who)
		a := seat.get(path).wants(http.StatusOK)
		shown := a.shown()
		for _, want := range tc.shows {
			if !strings.Contains(shown, want) {
				t.Errorf("%s does not read %q", who, want)
			}
		}
		for _, secret := range tc.hides {
			if strings.Contains(shown, secret) {
				t.Errorf("%s reads %q", who, secret)
			}
		}
	}
	for _, who := range []string{"meraki", "steering", "admin", "operator"} {
		d.sits(who).get(path).wants(http.StatusNotFound)
	}
	d.sits("coordinator").get("/casi/" + postgres.NewID()).wants(http.StatusNotFound)
	d.sits("coordinator").get("/casi/qualcosa").wants(http.StatusNotFound)
	if title := htmltest.Text(d.sits("coordinator").page(path).One("title")); title != "Caso DP-2026-00001" {
		t.Errorf("the title, which browsers write down, is %q", title)
	}
}

func TestBeforeAcceptingThePageNamesNobody(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	a := d.sits("igea").get("/casi/" + id).wants(http.StatusOK)
	shown := a.shown()
	for _, want := range []string{"dopo avere accettato", "moderato", "OSS, infermiere", "3 ore", "Crema", "85-89", "Accettare la proposta", "Rifiutare la proposta"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the partner does not read %q", want)
		}
	}
	for _, secret := range identified {
		if strings.Contains(string(a.raw), secret) {
			t.Errorf("the partner reads %q", secret)
		}
	}
}

// TestThePageOffersWhatTheAPIAllows: one source for both.
func TestThePageOffersWhatTheAPIAllows(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	for _, who := range []string{"coordinator", "casemanager", "igea", "sender"} {
		allowed, _ := d.as(who).get("/discharges/" + id).at("allowed_commands").([]any)
		var want, got []string
		for _, kind := range allowed {
			want = append(want, "/casi/"+id+"/azioni/"+strings.ReplaceAll(kind.(string), "_", "-"))
		}
		for _, link := range d.sits(who).page("/casi/" + id).All(".actions a") {
			got = append(got, htmltest.Attr(link, "href"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is offered %v, want %v", who, got, want)
		}
	}
}

func TestAPersonsNameIsShownAndNotRun(t *testing.T) {
	d := newDesk(t)
	attack := somebody("<script>alert(1)</script>", "1945-05-05")
	id := d.submitted(attack)
	desk := d.sits("coordinator")
	for _, path := range []string{"/oggi", "/casi", "/casi/" + id} {
		a := desk.get(path).wants(http.StatusOK)
		if !strings.Contains(a.shown(), "<script>alert(1)</script>") || strings.Contains(string(a.raw), "<script>alert") {
			t.Errorf("%s: the name is not shown as a text", path)
		}
	}
}
