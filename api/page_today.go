package api

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// showToday is everybody's first page: what needs the reader, as discharge.Case.Tasks says, the most urgent first.
func (s *server) showToday(c *gin.Context) error {
	me := reader(c)
	list, err := s.store.TaskCases(c, scopesOf(me), calendar.DateOf(s.now()))
	if err != nil {
		return err
	}
	t := today{now: s.now(), me: me, everybody: c.Query("di") == "tutti", read: map[discharge.Role][]string{}}
	if t.assigned, err = s.assigned(c, me); err != nil {
		return err
	}
	if t.names, err = s.namesOf(c); err != nil {
		return err
	}
	for _, found := range list {
		t.add(found)
	}
	for role, ids := range t.read {
		if err := s.store.LogAccesses(c, ids, me.ID, me.OrganisationID, role, "today"); err != nil {
			return err
		}
	}
	page := t.page()
	if page.Coordinate {
		if page.Unverified, err = s.store.UnverifiedPhysicians(c); err != nil {
			return err
		}
	}
	return show(s, c, http.StatusOK, html.Today, place{section: "/oggi"}, page)
}

// today gathers what needs a reader.
type today struct {
	now       time.Time
	me        postgres.User
	everybody bool // the colleagues' cases too: coordinators
	assigned  []string
	names     names

	tasks []todayTask
	own   []html.CaseLine
	read  map[discharge.Role][]string
}

type todayTask struct {
	task discharge.Task
	line html.TodayTask
}

// add takes what a case asks of the reader, in whatever role.
func (t *today) add(found postgres.TaskCase) {
	now := found.Now(t.now)
	roles := rolesOn(t.me, found.CaseSummary, t.assigned, now)
	if len(roles) == 0 {
		return
	}
	asked := false
	for _, task := range t.tasksOf(found, roles, now) {
		asked = true
		t.tasks = append(t.tasks, todayTask{task, taskLine(found.CaseSummary, roles[0].view, task, now)})
	}
	follows := slices.Contains(followers, roles[0].role)
	if follows {
		t.own = append(t.own, lineOf(found.CaseSummary, roles[0].view, t.names, now))
	}
	if asked || follows {
		t.read[roles[0].role] = append(t.read[roles[0].role], found.ID)
	}
}

// followers are the roles that follow cases more than they decide on them: their first page lists those cases too.
var followers = []discharge.Role{
	discharge.RoleSender, discharge.RoleHospitalContact, discharge.RoleOperator, discharge.RoleMunicipality,
}

// tasksOf are the tasks of every role that the reader holds, each once.
func (t *today) tasksOf(found postgres.TaskCase, roles []roleOn, now time.Time) []discharge.Task {
	var tasks []discharge.Task
	for _, on := range roles {
		r := readerAs(t.me, on.role, found.CaseSummary, t.assigned)
		if on.role == discharge.RoleCoordinator && t.everybody && found.OwnerID != "" {
			r.UserID = found.OwnerID // as the colleague sees it
		}
		for _, task := range found.Snapshot.Tasks(r, found.Aside(), now) {
			same := func(other discharge.Task) bool { return other.Kind == task.Kind && other.DueOn == task.DueOn }
			if !slices.ContainsFunc(tasks, same) {
				tasks = append(tasks, task)
			}
		}
	}
	return tasks
}

func (t *today) page() html.TodayPage {
	discharge.SortTasks(t.tasks, func(one todayTask) discharge.Task { return one.task })
	page := html.TodayPage{
		Now: t.now, Everybody: t.everybody, Own: t.own, OwnTitle: ownTitle(t.me), Empty: nothingToDo(t.me),
		Coordinate: hasRole(t.me, discharge.RoleCoordinator),
	}
	for _, one := range t.tasks {
		if one.task.Awaited {
			page.Awaited = append(page.Awaited, one.line)
		} else {
			page.Tasks = append(page.Tasks, one.line)
		}
	}
	return page
}

// taskLine is a task as a reader of the case may see it.
func taskLine(c postgres.CaseSummary, view discharge.View, task discharge.Task, now time.Time) html.TodayTask {
	line := lineOf(c, view, names{}, now)
	shown := html.TodayTask{
		Kind: task.Kind, Case: line.Path, Code: line.Code, Person: line.Person, State: line.State, Urgent: line.Urgent,
		Why: task.Why, Due: html.Due{On: task.DueOn, At: task.DueAt, Overdue: task.Overdue, Now: now}, Label: task.Settles,
	}
	if task.Settles != "" {
		shown.Action = actionPath(c.ID, task.Settles)
	}
	return shown
}

// actionPath is the page of a command on a case.
func actionPath(caseID string, kind discharge.CommandKind) html.Path {
	return casePath(caseID) + "/azioni/" + html.Path(strings.ReplaceAll(string(kind), "_", "-"))
}

func casePath(caseID string) html.Path { return "/casi/" + html.Path(caseID) }

// hasRole reports whether the reader holds one of the roles in any programme.
func hasRole(me postgres.User, roles ...discharge.Role) bool {
	return slices.ContainsFunc(me.Grants, func(g postgres.Grant) bool { return slices.Contains(roles, g.Role) })
}

func ownTitle(me postgres.User) string {
	switch {
	case hasRole(me, discharge.RoleSender, discharge.RoleHospitalContact):
		return "Le segnalazioni in corso"
	case hasRole(me, discharge.RoleOperator):
		return "Le persone che segue"
	default:
		return "I casi del Comune"
	}
}

// nothingToDo says, by role, what will come where there is nothing yet.
func nothingToDo(me postgres.User) html.Empty {
	empty := html.Empty{Title: "Niente da fare, per ora", Text: "Quando un caso Le chiede qualcosa compare qui, dal più urgente."}
	switch {
	case hasRole(me, discharge.RoleCoordinator, discharge.RoleCaseManager):
		empty.Link, empty.Label = "/casi", "Vedere i casi"
	case hasRole(me, discharge.RolePartnerManager):
		empty.Text = "Quando il coordinatore Le propone un caso, la proposta compare qui con l'ora entro cui rispondere."
	case hasRole(me, discharge.RoleSender, discharge.RoleHospitalContact):
		empty.Text = "Le domande del coordinatore e i dati da completare compaiono qui."
	case hasRole(me, discharge.RoleOperator):
		empty.Text = "Qui sotto trova le persone che Le sono affidate; se non c'è nessuno, il Suo ente non Le ha ancora affidato un caso."
	case hasRole(me, discharge.RoleSteering):
		empty.Text = "Gli importi, i moduli e il piano di formazione da approvare compaiono qui."
	case hasRole(me, discharge.RoleAdministrative):
		empty.Text = "Le spese da documentare e il rendiconto del trimestre compaiono qui."
	case hasRole(me, discharge.RoleDPO):
		empty.Text = "I messaggi arrivati alla persona sbagliata, da esaminare, compaiono qui."
	case hasRole(me, discharge.RoleAdmin):
		empty.Text = "Gli account da sbloccare e le impostazioni da completare compaiono qui."
	case hasRole(me, discharge.RolePublicBody):
		empty.Text = "All'ente pubblico non si chiede nulla: i dati aggregati e i rendiconti si consultano quando si vuole."
	}
	return empty
}
