package api

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// Who looked at a case: the log, for the coordinator and the DPO, and the report for the person who asks.

type accessAnswer struct {
	At           time.Time      `json:"at"`
	UserID       string         `json:"user_id,omitempty"` // none: from a link, by who has no account
	Name         string         `json:"name"`
	Organisation string         `json:"organisation"`
	Role         discharge.Role `json:"role"`
	What         string         `json:"what"`
}

// readsAccesses: the coordinator and the DPO.
func readsAccesses(v seen) error {
	if !v.holds(discharge.RoleCoordinator, discharge.RoleDPO) {
		return errForbidden
	}
	return nil
}

func (s *server) getAccesses(c *gin.Context) error {
	v, err := s.see(c, "accesses", readsAccesses)
	if err != nil {
		return err
	}
	w, err := windowOf(c)
	if err != nil {
		return err
	}
	before, err := accessCursor(w.cursor)
	if err != nil {
		return err
	}
	list, err := s.store.Accesses(c, v.ID, before, w.limit+1)
	if err != nil {
		return err
	}
	next := ""
	if len(list) > w.limit {
		list = list[:w.limit]
		next = base64.RawURLEncoding.EncodeToString(strconv.AppendInt(nil, list[w.limit-1].ID, 10))
	}
	c.JSON(http.StatusOK, newPage(each(list, func(a postgres.Access) accessAnswer {
		return accessAnswer{a.At, a.UserID, a.UserName, a.OrganisationName, a.Role, a.What}
	}), next))
	return nil
}

// accessCursor is the id of the last read shown, zero for none.
func accessCursor(given string) (int64, error) {
	if given == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(given)
	if err != nil {
		return 0, errCursor
	}
	id, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || id <= 0 {
		return 0, errCursor
	}
	return id, nil
}

// reportAnswer tells a person who looked: organisation, role, date and time, no names of who works there.
type reportAnswer struct {
	MadeAt time.Time    `json:"made_at"`
	Items  []readAnswer `json:"items"`
}

type readAnswer struct {
	CaseID       string         `json:"case_id"`
	CaseCode     string         `json:"case_code"`
	At           time.Time      `json:"at"`
	Organisation string         `json:"organisation"` // empty: from a link, by who has no account
	Role         discharge.Role `json:"role"`
	What         string         `json:"what"`
}

// getAccessReport is the report on one case.
func (s *server) getAccessReport(c *gin.Context) error {
	v, err := s.see(c, accessReport, readsAccesses)
	if err != nil {
		return err
	}
	return s.sendReport(c, v.Code, v.ID)
}

const accessReport = "access report"

// makeAccessReport is the report on all the cases of a person, in the programmes in which the reader may make one. Who
// the person is comes in the body: a URL is written down in too many places.
func (s *server) makeAccessReport(c *gin.Context) error {
	me := reader(c)
	programmes := map[string]discharge.Role{}
	for _, g := range me.Grants {
		if g.Role == discharge.RoleCoordinator || g.Role == discharge.RoleDPO {
			programmes[g.ProgrammeID] = g.Role
		}
	}
	if len(programmes) == 0 {
		return errForbidden
	}
	if err := s.checks.spend(me.ID, s.now()); err != nil {
		return err
	}
	var body personBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	person, err := personOf(body)
	if err != nil {
		return err
	}
	var found []string
	for id, role := range programmes {
		cases, err := s.store.PersonCases(c, []string{id}, person)
		if err != nil {
			return err
		}
		if err := s.store.LogAccesses(c, cases, me.ID, me.OrganisationID, role, accessReport); err != nil {
			return err
		}
		found = append(found, cases...)
	}
	err = s.store.Audit(c, me.ID, "access_report", "person", map[string]string{"cases": strconv.Itoa(len(found))})
	if err != nil {
		return err
	}
	return s.sendReport(c, "persona", found...)
}

// sendReport answers as JSON, or as a table for a spreadsheet when asked for text/csv.
func (s *server) sendReport(c *gin.Context, name string, cases ...string) error {
	list, err := s.store.Reads(c, cases)
	if err != nil {
		return err
	}
	if !strings.Contains(c.GetHeader("Accept"), "text/csv") {
		c.JSON(http.StatusOK, reportAnswer{s.now().UTC(), each(list, func(a postgres.Access) readAnswer {
			return readAnswer{a.CaseID, a.CaseCode, a.At, a.OrganisationName, a.Role, a.What}
		})})
		return nil
	}
	table, err := reportTable(list)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="accessi-`+name+`.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", table)
	return nil
}

// reportTable is the report as Italian spreadsheets open it: semicolons, and the mark that says UTF-8.
func reportTable(list []postgres.Access) ([]byte, error) {
	out := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(out)
	w.Comma, w.UseCRLF = ';', true
	lines := [][]string{{"Pratica", "Giorno e ora", "Organizzazione", "Ruolo", "Che cosa"}}
	for _, a := range list {
		at := a.At.In(calendar.Rome).Format("02/01/2006 15:04:05")
		lines = append(lines, []string{a.CaseCode, at, cell(a.OrganisationName), readerWords(a.Role), accessWords(a.What)})
	}
	err := w.WriteAll(lines)
	return out.Bytes(), err
}

// cell keeps a spreadsheet from taking a name for a formula.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// linkReaders are those who read through a link and hold no role.
var linkReaders = map[discharge.Role]string{
	"gp": "medico di medicina generale", "territorial": "servizi territoriali", "patient": "persona assistita",
	"person": "persona assistita", "caregiver": "caregiver", "representative": "rappresentante",
}

func readerWords(role discharge.Role) string {
	if words, ok := linkReaders[role]; ok {
		return words
	}
	return role.Italian()
}

// accessNames are the parts of a case that are read.
var accessNames = map[string]string{
	"case":                        "la pratica",
	"page":                        "la pratica",
	"today":                       "prima pagina",
	"list":                        "elenco delle pratiche",
	"search":                      "ricerca per nome",
	"timeline":                    "cronologia",
	"deadlines":                   "scadenze",
	"notifications":               "messaggi inviati",
	"links":                       "risposte dai collegamenti",
	"accesses":                    "registro degli accessi",
	accessReport:                  "rapporto sugli accessi",
	"visits":                      "accessi degli operatori",
	"diary":                       "diario",
	"assessments":                 "valutazioni",
	"referral check":              "verifica prima della segnalazione",
	"wrong deliveries":            "registro degli invii errati",
	"link answer_proposal":        "proposta, da un collegamento",
	"link sign":                   "PAI da firmare, da un collegamento",
	"link acknowledge":            "presa visione, da un collegamento",
	"link attend":                 "invito all'équipe, da un collegamento",
	"write log_visit":             "registrazione di un accesso",
	"write diary":                 "nota nel diario",
	"write assessment":            "registrazione di una valutazione",
	"write assign_operator":       "assegnazione di un operatore",
	"write settle_notification":   "messaggio sistemato",
	"write retry_notification":    "messaggio inviato di nuovo",
	"write report_wrong_delivery": "segnalazione di un invio errato",
	"write fast_forward":          "orologio della formazione",
}

// accessWords says in Italian what was read.
func accessWords(what string) string {
	if rest, ok := strings.CutPrefix(what, postgres.RefusedAccess); ok {
		return accessWords(rest) + ", rifiutato"
	}
	path, command := strings.CutPrefix(what, "command ")
	if form, ok := strings.CutPrefix(what, "form "); ok {
		path, command = form, ok
	}
	if command {
		kind := discharge.CommandKind(strings.ReplaceAll(path, "-", "_"))
		if slices.Contains(discharge.Commands(), kind) {
			return "comando «" + kind.Italian() + "»"
		}
	}
	if words, ok := accessNames[what]; ok {
		return words
	}
	return what
}
