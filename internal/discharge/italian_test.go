package discharge

import (
	"regexp"
	"strings"
	"testing"
)

// italianTexts is every word that this package gives people to read, by where it comes from.
func italianTexts() map[string]string {
	texts := map[string]string{}
	for _, s := range States() {
		texts["state "+string(s)] = s.Italian()
		texts["state for the sender "+string(s)] = s.SenderItalian()
		texts["phase of "+string(s)] = s.Phase()
	}
	for kind := range table {
		if table[kind].by[0] != RoleSystem {
			texts["command "+string(kind)] = kind.Italian()
		}
	}
	for _, r := range Roles() {
		texts["role "+string(r)] = r.Italian()
	}
	for _, l := range Levels() {
		texts["level "+string(l)] = l.Italian()
	}
	for _, k := range Clocks() {
		texts["clock "+string(k)] = k.Italian()
		texts["flag of "+string(k)] = clockFlag(k).Italian()
	}
	for _, f := range []Flag{
		FlagPlanUnsigned, FlagEquipeLate, FlagPlanDraft, FlagReturned, FlagReadmission, FlagDerogation, FlagSignatureRefused,
		FlagMeetingIncomplete, FlagReplanAsked, FlagCloseAsked, FlagNoCaseManager,
	} {
		texts["flag "+string(f)] = f.Italian()
	}
	return texts
}

// TestEveryCodeHasItsWords: in Italian, never the code itself, and in the words of the glossary.
func TestEveryCodeHasItsWords(t *testing.T) {
	t.Parallel()
	for where, text := range italianTexts() {
		code := where[strings.LastIndex(where, " ")+1:]
		if text == "" || text == code || strings.Contains(text, "_") {
			t.Errorf("%s has no word: %q", where, text)
		}
		checkWording(t, where, text)
	}
}

// Words that DOMAIN forbids, and ways to speak to people that are not the Lei form.
var (
	ambiguous = regexp.MustCompile(`\b(ATS|ADI)\b|senzatetto`)
	familiar  = regexp.MustCompile(`(?i)\b(tu|tuo|tua|tuoi|inserisci|scegli|indica|scrivi|controlla|clicca)\b`)
	bareTeam  = regexp.MustCompile(`(?i)équipe(?: multidisciplinare)?`)
)

func checkWording(t *testing.T, where, text string) {
	t.Helper()
	if ambiguous.MatchString(text) || familiar.MatchString(text) {
		t.Errorf("%s: %q", where, text)
	}
	for _, team := range bareTeam.FindAllString(text, -1) {
		if !strings.HasSuffix(team, "multidisciplinare") {
			t.Errorf("%s says équipe alone: %q", where, text)
		}
	}
}

// TestReasonsAreInItalian: the why of every date on a whole path.
func TestReasonsAreInItalian(t *testing.T) {
	t.Parallel()
	for _, s := range States() {
		p := inState(t, s)
		p.later(50)
		for _, d := range p.c.Deadlines(p.now) {
			checkWording(t, "why of "+string(d.Kind), d.Why)
			if !strings.HasSuffix(d.Why, ".") && !strings.HasSuffix(d.Why, "?") {
				t.Errorf("the why of %s is no sentence: %q", d.Kind, d.Why)
			}
		}
	}
}
