package html

import (
	"html/template"
	"net/url"
	"slices"
	"strings"
	"testing"

	"dimissioni/api/html/htmltest"
	"dimissioni/internal/discharge"
)

// around is the desk with everything in it.
var around = Desk{
	Institution: "Ambito di prova", Reader: &Reader{"Carla Coordina", "Partenariato", "coordinatore"},
	Sections: []Section{{"Oggi", "/oggi", true}, {"Casi", "/casi", false}}, Trail: []Crumb{{"Casi", "/casi"}},
	Flash: Flash{"success", "Registrato."}, Practice: true,
}

func onDesk[T any](name string, v DeskView[T], page T, forms int, shows ...string) sample {
	return sample{
		name, page, func() ([]byte, error) { return v.Render(around, page) },
		func(p any) ([]byte, error) { return v.Render(poisoned(around), p.(T)) }, shows, forms + 1,
	}
}

var filled = Form{
	Values: url.Values{"email": {"a@demo.test"}, "password": {"segreto"}},
	Errors: []FieldError{{"email", "Manca l'indirizzo."}, {"", "Riprovi."}}, Key: "k",
}

func deskSamples() []sample {
	return slices.Concat(accountSamples(), administrationSamples(), []sample{
		onDesk("sign in", SignIn, SignInPage{Form: filled, To: "/casi", Demo: []DemoAccount{{"coordinator@demo.test", "coordinatore"}}}, 2,
			"Registrato.", "2 risposte sono da correggere", "Manca l'indirizzo.", "Ambiente di prova", "coordinatore"),
		onDesk("sessions", Sessions, SessionsPage{[]Session{
			{ID: "1", Device: "Chrome su Android", CreatedAt: wednesday.At(9, 0), SeenAt: wednesday.At(9, 5), Current: true},
			{ID: "2", Device: "Firefox su Windows", CreatedAt: wednesday.At(8, 0), SeenAt: wednesday.At(8, 5)},
		}}, 2, "Chrome su Android", "mercoledì 02/12/2026 alle 09:05"),
		onDesk("problem", Problem, ProblemPage{"Errore interno", "Riprovi.", []string{"Il livello non è tra quelli previsti."}, "ABC"}, 0, "Riprovi.", "ABC"),
		onDesk("help", Help, HelpPage{"0373 000000", "8-18"}, 0, "0373 000000"),
		onDesk("accessibility", Accessibility, HelpPage{}, 0, "Chiami il coordinamento"),
		onDesk("today", Today, TodayPage{
			Now: noon, Tasks: []TodayTask{lateTask, {Kind: "no_case_manager", Case: "/casi/2", Code: "DP-2026-00043", Why: "Nessuno."}},
			Awaited: []TodayTask{{Kind: "acceptance", Case: "/casi/3", Code: "DP-2026-00044", Due: Due{On: wednesday, At: wednesday.At(12, 0), Now: noon}}},
			Own:     caseLines, OwnTitle: "Le segnalazioni in corso", Unverified: 1, Coordinate: true,
		}, 0, "2 cose da fare, 1 in ritardo", "Valutazione della segnalazione", "scaduto ieri", "Bianchi Rossella", "Valutare la segnalazione",
			"Manca il case manager", "In attesa di altri", "entro le 12:00 di oggi", "giorno 12 di 42", "1 indirizzo di medico di base è da verificare"),
		onDesk("today, nothing", Today, TodayPage{Now: noon, Empty: Empty{Title: "Niente da fare", Text: "Appena c'è."}}, 0, "Niente da fare"),
		onDesk("cases", Cases, CasesPage{
			Form: Form{Values: url.Values{"stato": {"active"}, "nome": {"bia"}}}, Names: true, Lines: caseLines, Pager: Pager{26, 27, 80, "/casi?pagina=1", "/casi?pagina=3"},
			Partners: []Option{{"1", "Igea", ""}}, Managers: []Option{{"2", "Cesare", ""}}, Towns: []Option{{"3", "Crema", ""}},
		}, 2, "80 casi", "Bianchi Rossella", "In preparazione (visita e PAI)", "Da 26 a 27 di 80"),
		onDesk("cases, none found", Cases, CasesPage{Searched: true}, 1, "Nessun caso con questo nome"),
		onDesk("cases, none", Cases, CasesPage{}, 1, "Nessun caso, per ora"),
		onDesk("case", Case, fullCase, 0, "Maria Prova", "giorno 12 di 42", "Perché questa data: 21 giorni", "Rinnovare", "scheda di triage",
			"Indirizzo riservato", "Non contattare: medico di base", "RSSMRA80A01D142M", "morbilità A, mobilità C", "In vigore: versione 2",
			"case manager, in presenza", "Mancano le firme di: caregiver", "Coordinamento, Carla", "composizione incompleta", "1.234,56 euro",
			"promemoria: Équipe multidisciplinare entro 10 giorni", "non consegnato", "Segnalazione ricevuta", "prima pagina", "RSA, dal"),
		onDesk("case, asked", Case, CasePage{Code: "DP-2026-00001", Proposed: true, State: StateBadge("proposed", false), Asked: &Asked{
			Level: "high", Figures: []discharge.Figure{"oss"}, WeeklyMinutes: 90,
		}}, 0, "dopo avere accettato", "elevato", "OSS"),
		onDesk("case, audit", Case, CasePage{Code: "DP-2026-00001", Audit: true}, 0, "chi ha letto il caso"),
		onDesk("command", Command, commandSample, 1, "Rossella Bianchi", "Il percorso è finito.", "3 risposte sono da correggere", "Scriva un numero intero.",
			"niente è stato registrato", "Rinnovato di 3 giorni", "Riserva i fondi", "Intervento 1", "Registrare"),
		onDesk("command, not now", Command, CommandPage{Title: "Chiudere", Code: "DP-2026-00042", Case: "/casi/1", Refused: "La pratica è chiusa."}, 0, "La pratica è chiusa."),
		onDesk("blocks", blocks, blocksPage{
			Form:  Form{Values: url.Values{"d": {"2026-12-02"}, "r": {"b"}, "c": {"a", "b"}, "t": {"testo"}, "s": {"b"}}, Errors: []FieldError{{"r", "Scelga."}, {"c", "Una."}, {"d", "Data."}}},
			Empty: Empty{"Niente da fare", "Appena arriva una segnalazione compare qui.", "/casi", "Vai ai casi"},
			Pager: Pager{1, 20, 41, "/casi?pagina=1", "/casi?pagina=3"}, Options: []Option{{"a", "Uno", "il primo"}, {"b", "Due", ""}},
		}, 1, "Niente da fare", "Da 1 a 20 di 41", "Scelga."),
	})
}

var (
	noon      = wednesday.At(11, 30)
	yesterday = wednesday.AddDays(-1)
	lateTask  = TodayTask{
		Kind: "screening", Case: "/casi/1", Code: "DP-2026-00042", Person: "Bianchi Rossella", State: StateBadge("submitted", false),
		Urgent: true, Why: "1 giorno lavorativo dalla segnalazione.", Due: Due{On: yesterday, At: yesterday.End(), Overdue: true, Now: noon},
		Action: "/casi/1/azioni/screen", Label: "screen",
	}
	caseLines = []CaseLine{
		{
			Path: "/casi/1", Code: "DP-2026-00042", Person: "Bianchi Rossella", State: StateBadge("active", false), Overdue: true, Urgent: true,
			Day: 12, Of: 42, Next: "review", Due: Due{On: wednesday.AddDays(9), At: wednesday.AddDays(9).End(), Now: noon},
			Partner: "Igea", CaseManager: "Cesare", Municipality: "Crema",
		},
		{Path: "/casi/2", Code: "DP-2026-00043", State: StateBadge("submitted", true), Expected: wednesday},
	}
)

// commandSample is a form that came back, with a question of every kind.
var commandSample = CommandPage{
	Title: "Chiudere", Code: "DP-2026-00042", Case: "/casi/1", Person: "Rossella Bianchi", Intro: "Il percorso è finito.", Version: "7",
	Changed: []string{"Rinnovato di 3 giorni"}, Warning: "Resta scoperta.", Button: "Registrare",
	Form: Form{
		Key: "k", Values: url.Values{"note": {"scritto"}, "days": {"sette"}, "level": {"light"}, "rows[0].role": {"r"}},
		Errors: []FieldError{{"days", "Scriva un numero intero."}, {"rows[0].minutes", "Troppi."}, {"", "Riprovi."}},
	},
	Groups: []Group{
		{Questions: []Question{
			Ask("textarea", "note", "Nota"), Ask("number", "days", "Giorni").Must(), Ask("date", "on", "Data").Hinted("gg/mm/aaaa"),
			Ask("radios", "level", "Livello").From([]Option{{"light", "Lieve", "Riserva i fondi"}}), Ask("checks", "follows", "Che cosa segue").From([]Option{{"sad", "SAD", ""}}),
			Ask("select", "who", "Chi").From([]Option{{"a", "Ida", ""}}), Ask("choice", "seq", "Quale").From([]Option{{"1", "Avvio", ""}}), Ask("yesno", "met", "Soddisfatto"), Ask("flag", "off", "Disdire"),
			Ask("datetime", "at", "Quando"), Ask("lines", "present", "Chi c'era"), Ask("text", "place", "Luogo"),
		}},
		Line("rows", 0, "Intervento 1", Ask("hidden", "role", ""), Ask("number", "minutes", "Minuti")),
	},
}

// blocksPage shows every building block once.
type blocksPage struct {
	Form    Form
	Empty   Empty
	Pager   Pager
	Options []Option
}

var blocks = DeskView[blocksPage]{template.Must(parse("desk.html", deskParts()...).Parse(`{{define "title"}}Blocchi{{end}}
{{define "main"}}
{{template "errors" .Form}}
<form method="post">{{template "key" .Form}}
{{template "date" ((.Form.Field "d" "Dal").Hinted "gg/mm/aaaa").Must}}
{{template "radios" ((.Form.Field "r" "Livello").From .Options).Must}}
{{template "checks" ((.Form.Field "c" "Figure").From .Options)}}
{{template "select" ((.Form.Field "s" "Ente").From .Options)}}
{{template "textarea" ((.Form.Field "t" "Nota").Within 1000)}}
<button type="submit">Inviare</button></form>
{{template "icon" "user"}}{{template "empty" .Empty}}{{template "pager" .Pager}}
{{end}}`))}

func TestAFormShowsWhatWasTypedAndLeadsToWhatIsWrong(t *testing.T) {
	t.Parallel()
	content, err := SignIn.Render(Desk{}, SignInPage{Form: filled})
	if err != nil {
		t.Fatal(err)
	}
	page := htmltest.Read(t, content)
	email := page.One("#f-email")
	if htmltest.Attr(email, "value") != "a@demo.test" || htmltest.Attr(email, "aria-invalid") != "true" ||
		htmltest.Attr(email, "aria-describedby") != "f-email-error" {
		t.Errorf("the field: %v", email.Attr)
	}
	if htmltest.Text(page.One("#f-email-error")) != "Da correggere: Manca l'indirizzo." {
		t.Error("the error is not beside the field")
	}
	if htmltest.Attr(page.One(".summary a"), "href") != "#f-email" {
		t.Error("the summary does not lead to the field")
	}
	if strings.Contains(string(content), "segreto") {
		t.Error("a password comes back")
	}
	if len(page.All(".practice")) != 0 || len(page.All(".reader")) != 0 {
		t.Error("the desk of nobody shows somebody")
	}
}

// TestEveryIconIsThere: a name that the sprite does not hold shows nothing.
func TestEveryIconIsThere(t *testing.T) {
	t.Parallel()
	sprite := string(files["sprites.svg"].Content)
	for _, s := range deskSamples() {
		content, err := s.render()
		if err != nil {
			t.Fatal(err)
		}
		for _, use := range htmltest.Read(t, content).All("use") {
			_, id, _ := strings.Cut(htmltest.Attr(use, "href"), "#")
			if !strings.Contains(sprite, `id="`+id+`"`) {
				t.Errorf("%s: no icon %s", s.name, id)
			}
		}
	}
}
