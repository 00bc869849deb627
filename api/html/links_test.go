package html

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dimissioni/api/html/htmltest"
	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

var (
	wednesday = calendar.NewDate(2026, time.December, 2)
	request   = Request{
		Office:   Office{Name: "Dimissioni protette", Phone: "0373 000000", Hours: "dal lunedì al venerdì, 8-18"},
		CaseCode: "DP-2026-00042", Until: wednesday.AddDays(14),
	}
	wrong = func(r Request) Request { r.Error = "Il codice non è giusto."; return r }(request)
	maria = Person{Name: "Maria Prova", Birth: calendar.NewDate(1940, time.February, 1)}
	plan  = Plan{
		Version: 2, Level: discharge.LevelModerate, StartOn: wednesday, Days: 21, PlaceOfCare: "casa",
		Preferences: "la mattina", Goals: []Goal{{"autonomy", "camminare in casa"}},
		Interventions:   []Intervention{{"oss", "igiene", 3, 60}, {"nurse", "", 1, 90}},
		NetworkServices: []NetworkService{{"pasti", "Comune", wednesday, wednesday.AddDays(20)}},
		Monitoring:      []Step{{wednesday.AddDays(7), "telefonata"}}, CaregiverPart: "la sera",
	}
)

// sample is a page with sample data.
type sample struct {
	name   string
	data   any
	render func() ([]byte, error)
	again  func(page any) ([]byte, error) // with other data
	shows  []string                       // what people read in it
	forms  int
}

func of[T any](name string, v View[T], page T, forms int, shows ...string) sample {
	return sample{
		name, page, func() ([]byte, error) { return v.Render(page) },
		func(p any) ([]byte, error) { return v.Render(p.(T)) }, shows, forms,
	}
}

func samples() []sample {
	full := ProposalPage{
		Request: request, AnswerBy: wednesday, Urgent: true, Level: discharge.LevelHigh, AgeBand: "80-84",
		Municipality: "Crema", Housing: "precarious", Infectious: "yes", Figures: []discharge.Figure{"oss", "nurse"},
		WeeklyMinutes: 270, StartOn: wednesday, Reassign: true, Reason: "other", Note: "nota",
	}
	list := []sample{
		of("proposal", Proposal, full, 2, "DP-2026-00042", "mercoledì 02/12/2026", "elevato", "OSS, infermiere",
			"4 ore e 30 minuti", "Crema", "80-84", "precarietà abitativa", "Non abbiamo disponibilità"),
		of("proposal, bare", Proposal, ProposalPage{Request: Request{CaseCode: "DP-2026-00001"}}, 2, "DP-2026-00001"),
		of("code, by SMS", Code, CodePage{Request: request, Action: discharge.LinkSign, Signer: "patient", SMS: true, Sent: true}, 2,
			"la firma della persona assistita", "arriva tra poco per SMS", "0373 000000"),
		of("code, wrong", Code, CodePage{Request: wrong, Action: discharge.LinkAttend, Left: 1}, 1, "Il codice non è giusto.",
			"Resta un tentativo", "glielo diciamo a voce"),
		of("sign", Sign, SignPage{Request: request, Person: maria, Signer: "patient", Plan: plan, Partner: "Igea"}, 1,
			"Maria Prova", "01/02/1940", "moderato", "21 giorni", "Autonomia: camminare in casa",
			"OSS, igiene: 3 volte alla settimana, 1 ora ogni volta", "infermiere: 1 volta alla settimana, 1 ora e 30 minuti",
			"pasti (Comune), dal 02/12/2026 al 22/12/2026", "mercoledì 09/12/2026: telefonata", "la sera", "Igea"),
		of("sign, representative", Sign, SignPage{Request: wrong, Person: maria, Signer: "representative", Title: "tutore", Act: "decreto 7"}, 1,
			"la firma del rappresentante"),
		of("attend", Attend, AttendPage{Request: request, Person: maria, At: wednesday.At(14, 30), Place: "Sede di Igea"}, 1,
			"mercoledì 02/12/2026 alle 14:30", "Sede di Igea", "parere scritto"),
		of("attend, family", Attend, AttendPage{Request: request, Person: maria, At: wednesday.At(14, 30), Family: true}, 1, "Da definire"),
		of("password", Password, PasswordPage{Office: request.Office}, 1, "almeno 12 caratteri", "0373 000000"),
		of("password, wrong", Password, PasswordPage{Office: request.Office, Error: "È troppo corta."}, 1, "È troppo corta."),
		of("dead", Dead, DeadPage{Office: request.Office}, 0, "0373 000000", "nulla si ferma"),
		of("dead, no number", Dead, DeadPage{}, 0, "Chiami il coordinamento"),
		of("trouble", Trouble, TroublePage{"Troppe richieste", "Riprovi tra poco."}, 0, "Riprovi tra poco."),
	}
	for _, moment := range []discharge.Moment{
		discharge.MomentEarlyNotice, discharge.MomentActivated, discharge.MomentReplanned, discharge.MomentRenewed,
		discharge.MomentSuspended, discharge.MomentResumed, discharge.MomentClosed, discharge.MomentNotStarted,
		discharge.MomentReopened,
	} {
		list = append(list, of("acknowledge "+string(moment), Acknowledge, AcknowledgePage{
			Request: request, Person: maria, Moment: moment, State: discharge.StateActive, DischargeOn: wednesday,
			StartOn: wednesday, PeriodEndOn: wednesday.AddDays(21), Follows: []string{"sad", "meals"}, FollowsFrom: wednesday,
			Contacts: []Contact{{"partner", "Igea", "0373 000301"}, {"case_manager", "Cesare", "interno 3"}},
		}, 1, "Maria Prova", "Attiva", "SAD, pasti, dal 02/12/2026", "Case manager: Cesare, interno 3"))
	}
	for answer := range doneWords {
		list = append(list, of("done "+answer, Done, DonePage{Office: request.Office, Answer: answer}, 0, "Grazie"))
	}
	return list
}

func TestEveryPage(t *testing.T) {
	t.Parallel()
	for _, s := range append(samples(), deskSamples()...) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			content, err := s.render()
			if err != nil {
				t.Fatal(err)
			}
			page := htmltest.Read(t, content)
			page.Check()
			for _, want := range s.shows {
				if !strings.Contains(page.Text(), want) {
					t.Errorf("%q is not shown:\n%s", want, page.Text())
				}
			}
			if n := len(page.All("form")); n != s.forms {
				t.Errorf("%d forms, want %d", n, s.forms)
			}
			for _, code := range []string{"&lt;no value", "<no value", "%!", "case_manager", "acknowledge"} {
				if strings.Contains(page.Text(), code) {
					t.Errorf("people read %q:\n%s", code, page.Text())
				}
			}
		})
	}
}

// TestNoPageTrustsItsWords puts a script into every text of every page.
func TestNoPageTrustsItsWords(t *testing.T) {
	t.Parallel()
	for _, s := range append(samples(), deskSamples()...) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			data := reflect.New(reflect.TypeOf(s.data)).Elem()
			data.Set(reflect.ValueOf(s.data))
			poison(data, attack)
			if page, ok := data.Addr().Interface().(*DonePage); ok {
				page.Answer = "accept" // its words are ours, by code
			}
			content, err := s.again(data.Interface())
			if err != nil {
				t.Fatal(err)
			}
			page := htmltest.Read(t, content)
			page.Check()
			if !strings.HasPrefix(s.name, "d") && !strings.Contains(page.Text(), "<script>") {
				t.Errorf("the attack is not shown as text:\n%s", page.Text())
			}
		})
	}
}

const attack = `"'><script>alert(1)</script><a href="javascript:alert(2)" onclick=x>`

func poisoned[T any](page T) T {
	poison(reflect.ValueOf(&page).Elem(), attack)
	return page
}

// poison puts a text into every string, and one element more into every list.
func poison(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[Path]() { // people do not write them
			text = "/"
		}
		v.SetString(text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				poison(v.Field(i), text)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fresh := reflect.New(v.Type().Elem()) // the sample's own stays as it is
			fresh.Elem().Set(v.Elem())
			poison(fresh.Elem(), text)
			v.Set(fresh)
		}
	case reflect.Map:
		fresh := reflect.MakeMap(v.Type())
		for _, key := range v.MapKeys() {
			element := reflect.New(v.Type().Elem()).Elem()
			element.Set(v.MapIndex(key))
			poison(element, text)
			fresh.SetMapIndex(key, element)
		}
		v.Set(fresh)
	case reflect.Slice:
		v.Set(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()+1), v)) // the sample's own stays as it is
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		for i := range v.Len() {
			poison(v.Index(i), text)
		}
	default:
	}
}

func TestTheCodePageTellsNothingOfThePerson(t *testing.T) {
	t.Parallel()
	// By its type it cannot: the fields that it has are these.
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[CodePage]()) {
		names = append(names, f.Name)
	}
	want := []string{"Request", "Office", "CaseCode", "Until", "Error", "Action", "Signer", "SMS", "Sent", "Left"}
	if !slices.Equal(names, want) {
		t.Errorf("fields %v, want %v", names, want)
	}
}

func TestEveryCodeHasItsWords(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]struct {
		codes []string
		words map[string]string
	}{
		"figures": {codesOf(discharge.Figures()), figures}, "reasons": {discharge.DeclineReasons, reasons},
		"follow-ups": {discharge.FollowUps, follows}, "signers": {[]string{"patient", "caregiver", "representative"}, signings},
	} {
		for _, code := range set.codes {
			if set.words[code] == "" {
				t.Errorf("%s: no word for %s", name, code)
			}
		}
		if len(set.words) != len(set.codes) {
			t.Errorf("%s: %d words for %d codes", name, len(set.words), len(set.codes))
		}
	}
}

func codesOf[T ~string](list []T) []string {
	codes := make([]string, len(list))
	for i, c := range list {
		codes[i] = string(c)
	}
	return codes
}

func TestNumbersThatATelephoneDials(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"0373 000-200": "tel:0373000200", "+39 333.1234567": "tel:+393331234567", "interno 3": "", "3+4": "", "javascript:1": "",
	} {
		if got := string(tel(number)); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}
