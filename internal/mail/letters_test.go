package mail

import (
	"flag"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/discharge"
)

var update = flag.Bool("update", false, "write the golden files again")

func TestLettersAreThoseApproved(t *testing.T) {
	t.Parallel()
	approved := map[string]bool{}
	eachLetter(t, full, func(t *testing.T, m Message, r Rendered) {
		name := filepath.Join("testdata", strings.ReplaceAll(string(m.Moment), ":", "_"), string(m.RecipientKind))
		for suffix, got := range map[string]string{
			".txt": "Oggetto: " + r.Subject + "\n\n" + r.Text, ".html": r.HTML, ".ics": string(r.ICS),
		} {
			if got == "" {
				continue
			}
			approved[name+suffix] = true
			golden(t, name+suffix, got)
		}
	})
	files, err := filepath.Glob("testdata/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !approved[f] {
			t.Errorf("%s belongs to no letter", f)
		}
	}
}

func TestEveryMomentHasReadersAndWords(t *testing.T) {
	t.Parallel()
	for _, moment := range discharge.Moments() {
		if len(readersOf(moment)) == 0 {
			t.Errorf("nobody reads %s", moment)
		}
	}
	for _, k := range discharge.Clocks() {
		if _, ok := duties[k]; !ok {
			t.Errorf("clock %s has no words", k)
		}
	}
}

func TestEveryProfessionalLetterSuitsEveryProfessional(t *testing.T) {
	t.Parallel()
	for moment := range professionalLetters {
		for _, kind := range everyone {
			m := bare(moment, kind)
			if _, err := Render(m, settings); err != nil && !m.person() {
				t.Errorf("%s to %s: %v", moment, kind, err)
			}
		}
	}
}

func TestTwinsSayTheSame(t *testing.T) {
	t.Parallel()
	eachLetter(t, full, func(t *testing.T, m Message, r Rendered) {
		text := words(strings.NewReplacer("\n- ", "\n", "\n-- \n", "\n").Replace(r.Text))
		_, body, _ := strings.Cut(r.HTML, "<body")
		twin := words(html.UnescapeString(tags.ReplaceAllString("<body"+body, " ")))
		if diff := cmp.Diff(text, twin); diff != "" {
			t.Errorf("text and HTML differ (-text +html):\n%s", diff)
		}
	})
}

var tags = regexp.MustCompile(`<[^>]*>`)

// words are compared without the punctuation that the layouts put beside tags.
func words(s string) []string {
	return strings.Fields(strings.ReplaceAll(s, " :", ":"))
}

func TestLettersTellNothingOfThePerson(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`(?i)` + strings.Join([]string{
		readerName, readerAddress, "bianchessi", "ludovica", `[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]`,
		`diagnos`, `malatt`, `ricover`, `deced`, `decess`, `morte`, `paziente`, `terapi`, `telesoccorso`, `pasti`,
		`infermier`, `\bOSS\b`, `\bASA\b`, `\bATS\b`, `\bADI\b`, `senzatetto`, `senza dimora`, `\bvia\b`, `\bcas[oi]\b`,
		`<img`, `src=`, `url\(`, `@import`,
	}, "|"))
	for _, sample := range []sampler{bare, full} {
		eachLetter(t, sample, func(t *testing.T, m Message, r Rendered) {
			for _, s := range []string{r.Subject, r.Text, r.HTML} {
				if found := forbidden.FindString(s); found != "" {
					t.Errorf("the letter says %q", found)
				}
			}
			invited := strings.ReplaceAll(unfold(r.ICS), "mailto:"+readerAddress, "")
			if found := forbidden.FindString(invited); found != "" {
				t.Errorf("the invitation says %q", found)
			}
		})
	}
}

func TestFamiliesReadNeutralWords(t *testing.T) {
	t.Parallel()
	telling := regexp.MustCompile(`(?i)dimission|assist|ospedal|repart|\bPAI\b|équipe|servizi|cura|salute|sanit|coordin|` +
		`case manager|cooperativ|domicil|visita|` + settings.SenderName)
	for _, sample := range []sampler{bare, full} {
		eachLetter(t, sample, func(t *testing.T, m Message, r Rendered) {
			if !m.person() {
				return
			}
			if want := "Aggiornamento sulla pratica DP-2026-00042"; r.Subject != want {
				t.Errorf("subject is %q, want %q", r.Subject, want)
			}
			for _, s := range []string{r.Text, r.HTML} {
				if found := telling.FindString(s); found != "" {
					t.Errorf("the letter says %q", found)
				}
			}
		})
	}
}

func TestSentencesDoWithoutWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	broken := regexp.MustCompile(` [.,:;]|\.\.|  |: \.|\bda\.|<nil>|%!|0001|ZgotmplZ|no value`)
	for _, sample := range []sampler{bare, full} {
		eachLetter(t, sample, func(t *testing.T, m Message, r Rendered) {
			for _, line := range append(strings.Split(strings.ReplaceAll(r.Text, "\n  ", "\n"), "\n"), r.Subject) {
				if found := broken.FindString(line); found != "" && line != "-- " {
					t.Errorf("%q holds %q", line, found)
				}
			}
		})
	}
}

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	eachLetter(t, full, func(t *testing.T, m Message, r Rendered) {
		for _, want := range []string{`<html lang="it">`, `<meta charset="utf-8">`, "<title>"} {
			if !strings.Contains(r.HTML, want) {
				t.Errorf("page lacks %s", want)
			}
		}
		if n := strings.Count(r.HTML, "<h1"); n != 1 {
			t.Errorf("page has %d first headings", n)
		}
	})
}

func TestSubjectsFitInAList(t *testing.T) {
	t.Parallel()
	eachLetter(t, full, func(t *testing.T, m Message, r Rendered) {
		if n := len([]rune(r.Subject)); n > 120 {
			t.Errorf("subject of %d letters: %s", n, r.Subject)
		}
	})
}

type sampler func(discharge.Moment, discharge.RecipientKind) Message

// eachLetter renders every moment for every reader it may have.
func eachLetter(t *testing.T, sample sampler, check func(*testing.T, Message, Rendered)) {
	t.Helper()
	for _, moment := range discharge.Moments() {
		for _, kind := range readersOf(moment) {
			t.Run(string(moment)+"/"+string(kind), func(t *testing.T) {
				m := sample(moment, kind)
				r, err := Render(m, settings)
				if err != nil {
					t.Fatal(err)
				}
				if slices.Contains([]string{r.Subject, r.Text, r.HTML}, "") {
					t.Error("a part is empty")
				}
				check(t, m, r)
			})
		}
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with -update and read what you approve", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s changed (-want +got):\n%s", path, diff)
	}
}
