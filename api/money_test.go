package api

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheBudgetIsLiveAndSmallCellsAreHidden(t *testing.T) {
	d := newDesk(t)
	d.walkTo("active")
	b := d.as("coordinator").get("/programmes/dp-cremasco/budget").wants(http.StatusOK)
	if b.at("planned_cents") != 16500000.0 || b.at("reserved_cents") != 200000.0 {
		t.Errorf("budget: %s", b.raw)
	}
	public := d.as("public").get("/programmes/dp-cremasco/budget").wants(http.StatusOK)
	for _, cell := range public.at("by_level").([]any) {
		if c := cell.(obj); c["key"] == "moderate" && (c["cases"] != nil || c["reserved_cents"] != nil) {
			t.Errorf("one person's cell is shown: %v", c)
		}
	}
	for _, target := range public.at("targets").([]any) {
		if c := target.(obj); c["kind"] == "people" && (c["reached"] != nil || c["target"] != 63.0) {
			t.Errorf("target: %v", c)
		}
	}
	for _, who := range []string{"sender", "igea", "casemanager", "operator", "dpo", "admin"} {
		d.as(who).get("/programmes/dp-cremasco/budget").refuses(http.StatusForbidden, "forbidden")
	}
	d.as("coordinator").get("/programmes/none/budget").refuses(http.StatusNotFound, "not_found")
}

func TestASmallCellCannotBeHadBySubtraction(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ cases, shown []int }{
		{[]int{0, 0, 0}, []int{0, 0, 0}},
		{[]int{5, 6, 7}, []int{5, 6, 7}},
		{[]int{4, 9, 7, 0}, []int{-1, 9, -1, 0}},
		{[]int{4, 9, 2}, []int{-1, 9, -1}},
		{[]int{4, 0, 0}, []int{-1, 0, 0}},
	} {
		cells := each(test.cases, func(n int) cellAnswer { return cellAnswer{Cases: &n} })
		suppress(cells)
		shown := each(cells, func(c cellAnswer) int {
			if c.Cases == nil {
				return -1
			}
			return *c.Cases
		})
		if diff := cmp.Diff(test.shown, shown); diff != "" {
			t.Errorf("%v: %s", test.cases, diff)
		}
	}
}

func TestTheSplitAddsUpToTheCent(t *testing.T) {
	d := newDesk(t)
	s := d.as("public").get("/programmes/domicilio-anziani/split").wants(http.StatusOK)
	sum := 0.0
	for _, m := range s.at("municipalities").([]any) {
		sum += m.(obj)["amount_cents"].(float64)
	}
	if sum != 30000000 || s.at("total_cents") != 30000000.0 || s.at("complete") != false || s.text("warning") == "" {
		t.Errorf("sum %v: %s", sum, s.raw)
	}
	for _, other := range []string{"operator", "municipality", "administrative", "admin"} {
		d.as(other).get("/programmes/domicilio-anziani/split").refuses(http.StatusForbidden, "forbidden")
	}
}

func TestAmountsAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	for cents, want := range map[int64]string{
		0: "0,00 euro", 5: "0,05 euro", 123456: "1.234,56 euro", 100000000: "1.000.000,00 euro", -200050: "-2.000,50 euro",
	} {
		if got := euro(cents); got != want {
			t.Errorf("%d: %q, want %q", cents, got, want)
		}
	}
}
