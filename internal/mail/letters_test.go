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
	"unicode"

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
	for _, sample := range []sampler{bare, full} {
		eachLetter(t, sample, func(t *testing.T, m Message, r Rendered) {
			invited := strings.ReplaceAll(strings.ReplaceAll(string(r.ICS), "\r\n ", ""), "mailto:"+readerAddress, "")
			if found := telling(r.Subject + "\n" + r.Text + "\n" + r.HTML + "\n" + invited); found != "" {
				t.Errorf("the mail says %q", found)
			}
		})
	}
}

var (
	tellingParts = []string{
		"bianchessi", "ludovica", readerAddress, "diagnos", "malatt", "ricover", "deced", "decess", "morte", "pazient",
		"terapi", "telesoccorso", "pasti", "infermier", "senzatetto", "senza dimora", "<img", "src=", "url(", "@import",
	}
	// ATS and ADI have several meanings, and a case is a pratica in mails: DOMAIN, Law.
	tellingWords = []string{"oss", "asa", "ats", "adi", "via", "caso", "casi"}
	taxCode      = regexp.MustCompile(`^[a-z]{6}[0-9l-v]{2}[a-z][0-9l-v]{2}[a-z][0-9l-v]{3}[a-z]$`)
)

// telling is the first thing in a mail that it must not say.
func telling(mail string) string {
	mail = strings.ToLower(mail)
	for _, part := range tellingParts {
		if strings.Contains(mail, part) {
			return part
		}
	}
	for _, word := range strings.FieldsFunc(mail, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if slices.Contains(tellingWords, word) || len(word) == 16 && taxCode.MatchString(word) {
			return word
		}
	}
	return ""
}

func TestTheTestOfWhatMailsMayNotSayWorks(t *testing.T) {
	t.Parallel()
	for _, mail := range []string{"Mario è in ricovero", "RSSMRA80A01H501U", "per RSSMRA80A01H50MM.", "l'ATS", "il caso", "<img src=x>"} {
		if telling(mail) == "" {
			t.Errorf("%q was let through", mail)
		}
	}
}

func TestFamiliesReadNeutralWords(t *testing.T) {
	t.Parallel()
	kind := regexp.MustCompile(`(?i)dimission|assist|ospedal|repart|\bPAI\b|équipe|servizi|cura|salute|sanit|coordin|` +
		`case manager|cooperativ|domicil|visita|` + settings.SenderName)
	for _, sample := range []sampler{bare, full} {
		eachLetter(t, sample, func(t *testing.T, m Message, r Rendered) {
			if !m.person() {
				return
			}
			if want := "Aggiornamento sulla pratica DP-2026-00042"; r.Subject != want {
				t.Errorf("subject is %q, want %q", r.Subject, want)
			}
			if found := kind.FindString(r.Text); found != "" {
				t.Errorf("the letter says %q", found)
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

func TestWhoHasNoWayToTheCaseIsNotSentThere(t *testing.T) {
	t.Parallel()
	eachLetter(t, bare, func(t *testing.T, m Message, r Rendered) {
		if m.canOpen() {
			return
		}
		for _, way := range []string{"Apra", "aprend", "aprire", "nella pratica", "Nella pratica", "collegamento", "pagina"} {
			if strings.Contains(r.Text, way) {
				t.Errorf("the letter says %q:\n%s", way, r.Text)
			}
		}
	})
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
