package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSmallCellsCannotBeHadBySubtraction: -1 is a hidden figure.
func TestSmallCellsCannotBeHadBySubtraction(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name        string
		cases, want []int
	}{
		{"nobody", []int{0, 0}, []int{0, 0}},
		{"five are shown", []int{5, 9, 0}, []int{5, 9, 0}},
		{"four are not, nor one more cell", []int{4, 9, 6}, []int{-1, 9, -1}},
		{"two small cells of five together", []int{3, 2, 9}, []int{-1, -1, 9}},
		{"two small cells of three together", []int{1, 2, 9, 7}, []int{-1, -1, 9, -1}},
		{"all small", []int{1, 2, 0}, []int{-1, -1, 0}},
		{"one alone", []int{3, 0}, []int{-1, 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cells := make([]cellAnswer, len(tc.cases))
			for i, n := range tc.cases {
				cells[i] = cellAnswer{Cases: &n, ReservedCents: new(int64), SpentCents: new(int64)}
			}
			suppress(cells)
			got := each(cells, func(c cellAnswer) int {
				if c.Cases == nil && c.ReservedCents == nil && c.SpentCents == nil {
					return -1
				}
				return *c.Cases
			})
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("cells:\n%s", diff)
			}
		})
	}
	for _, tc := range []struct{ people, precarious, wantPeople, wantPrecarious int }{
		{20, 6, 20, 6}, {20, 4, 20, -1}, {9, 6, 9, -1}, {6, 6, 6, 6}, {3, 0, -1, -1}, {0, 0, 0, 0},
	} {
		a := budgetAnswer{Targets: []targetAnswer{{Kind: "people", Reached: &tc.people}, {Kind: "precarious", Reached: &tc.precarious}}}
		a.suppress()
		for i, want := range []int{tc.wantPeople, tc.wantPrecarious} {
			got := -1
			if r := a.Targets[i].Reached; r != nil {
				got = *r
			}
			if got != want {
				t.Errorf("%d people, %d precarious: %s shows %d, want %d", tc.people, tc.precarious, a.Targets[i].Kind, got, want)
			}
		}
	}
}
