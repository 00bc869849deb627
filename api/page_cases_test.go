package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dimissioni/api/html/htmltest"
	"dimissioni/internal/postgres"
)

// codes are the cases of a list, in its order, without what they have in common.
func codes(p htmltest.Page) []string {
	return each(readings(p, "tbody th a"), func(code string) string { return strings.TrimPrefix(code, "DP-2026-0000") })
}

func TestTheListIsNarrowedByItsAddress(t *testing.T) {
	d := newDesk(t)
	first := d.submitted(referralOfBianchi())
	d.clock.pass(time.Minute)
	d.submitted(somebody("Azzurri", "1945-05-05"))
	for _, s := range theWalk()[:4] {
		d.give(first, s)
	}
	desk := d.sits("coordinator")
	for query, want := range map[string][]string{
		"":                                 {"2", "1"},
		"?ordine=numero":                   {"1", "2"},
		"?ordine=persona":                  {"2", "1"},
		"?stato=planning":                  {"1"},
		"?stato=aperti":                    {"2", "1"},
		"?stato=closed":                    nil,
		"?stato=inventato":                 {"2", "1"},
		"?numero=dp-2026-00002":            {"2"},
		"?ente=" + postgres.DemoID("igea"): {"1"},
		"?ente=nessuno":                    nil,
		"?comune=019035":                   {"2", "1"},
		"?comune=019002":                   nil,
		"?in_ritardo=si":                   nil,
		"?pagina=9":                        {"2", "1"},
		"?pagina=x":                        {"2", "1"},
	} {
		page := desk.page("/casi" + query)
		if got := codes(page); !slices.Equal(got, want) {
			t.Errorf("%q lists %v, want %v", query, got, want)
		}
		if len(want) == 0 && len(page.All(".empty")) != 1 {
			t.Errorf("%q: an empty list says nothing", query)
		}
	}
	for who, want := range map[string][]string{
		"sender": {"2", "1"}, "igea": {"1"}, "meraki": nil, "operator": nil, "dpo": {"2", "1"}, "steering": nil, "admin": nil,
	} {
		if got := codes(d.sits(who).page("/casi")); !slices.Equal(got, want) {
			t.Errorf("%s lists %v, want %v", who, got, want)
		}
	}
	if strings.Contains(string(d.sits("dpo").get("/casi").raw), "Bianchi") || strings.Contains(string(d.sits("dpo").get("/casi?comune=019035").raw), "DP-2026") {
		t.Error("the DPO reads names, or finds out where people live")
	}
}

func TestANameIsSearchedInTheBody(t *testing.T) {
	d := newDesk(t)
	d.submitted(referralOfBianchi())
	d.submitted(somebody("D'Azzurri", "1945-05-05"))
	desk := d.sits("coordinator")
	found := desk.post("/casi", "nome", "azz").wants(http.StatusOK)
	if got := codes(htmltest.Read(t, found.raw)); !slices.Equal(got, []string{"2"}) {
		t.Errorf("found %v", got)
	}
	if found.header.Get("Cache-Control") != "no-store" || found.header.Get("Location") != "" {
		t.Errorf("headers %v", found.header)
	}
	if got := codes(desk.page("/casi?nome=azz")); len(got) != 2 {
		t.Errorf("a name in the address narrows to %v", got)
	}
	short := desk.post("/casi", "nome", "b").wants(http.StatusUnprocessableEntity)
	if !strings.Contains(short.shown(), "almeno due lettere") {
		t.Errorf("told: %s", short.shown())
	}
	if got := codes(htmltest.Read(t, d.sits("meraki").post("/casi", "nome", "bianchi").raw)); len(got) != 0 {
		t.Errorf("another partner finds %v", got)
	}
	if got := codes(htmltest.Read(t, d.sits("dpo").post("/casi", "nome", "bianchi").raw)); len(got) != 0 {
		t.Errorf("the DPO finds %v", got)
	}
}

func TestALongListHasPages(t *testing.T) {
	d := newDesk(t)
	for i := range casesShown + 3 {
		d.clock.pass(time.Minute)
		d.submitted(somebody(fmt.Sprintf("Cognome%c%c", 'A'+i/26, 'A'+i%26), fmt.Sprintf("19%02d-01-01", 30+i)))
	}
	desk := d.sits("coordinator")
	page := desk.page("/casi?stato=aperti")
	if n := len(codes(page)); n != casesShown || htmltest.Text(page.One(".pager p")) != "Da 1 a 25 di 28" {
		t.Errorf("%d cases, %s", n, htmltest.Text(page.One(".pager p")))
	}
	next := htmltest.Attr(page.One(".pager a"), "href")
	if next != "/casi?pagina=2&stato=aperti" {
		t.Errorf("on to %s", next)
	}
	last := desk.page(next)
	if n := len(codes(last)); n != 3 || htmltest.Attr(last.One(".pager a"), "href") != "/casi?pagina=1&stato=aperti" {
		t.Errorf("%d cases on the last page", n)
	}
}
