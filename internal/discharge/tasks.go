package discharge

import (
	"cmp"
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

// TaskKind names what a case asks of somebody: a clock's kind, a flag, or one of those below. A stable code.
type TaskKind string

// The tasks that are neither a clock's nor a flag's.
const (
	TaskReferralIncomplete TaskKind = "referral_incomplete" // R2 fields are missing
	TaskMeetingUnrecorded  TaskKind = "meeting_unrecorded"  // its hour is past, nobody has said how it went
	TaskMailFailed         TaskKind = "mail_failed"         // call them
	TaskFundsFree          TaskKind = "funds_free"          // for this case of the waitlist there is money
)

// Task is something that a case asks of a reader, or waits for from somebody else.
type Task struct {
	Kind    TaskKind
	DueOn   calendar.Date // zero: there is no date, it waits since it came to be
	DueAt   time.Time
	Overdue bool
	Awaited bool // from somebody else: to know, nothing to do yet
	Why     string
	Settles CommandKind // the command that settles it; empty: none that the reader may give now
}

// Aside is what bears on a case's tasks and is not in the case.
type Aside struct {
	FailedMails int
	FundsFree   bool // the case is waitlisted and the line could bear its level
}

// Tasks lists what the case asks of a reader at now, the most urgent first. Whatever the digest says to a reader is among
// them: page, digest and API agree. A reader who does not see the case has none.
func (c Case) Tasks(r Reader, aside Aside, now time.Time) []Task {
	if c.View(r, now) == ViewNone {
		return nil
	}
	role := c.deskOf(r, c.Today(now))
	if role == "" {
		return nil
	}
	tasks := append(c.clockTasks(role, now), c.factTasks(role, aside, now)...)
	allowed := c.AllowedTo(Actor{UserID: r.UserID, OrgID: r.OrgID, Role: r.Role}, now)
	for i, t := range tasks {
		tasks[i].Settles = firstAllowed(settles[t.Kind], allowed)
		if t.Awaited {
			tasks[i].Settles = ""
		}
	}
	SortTasks(tasks, func(t Task) Task { return t })
	return tasks
}

// SortTasks puts the most urgent first: what is overdue, by its day, then what is due, then what has no date; what is
// awaited from others last. Equals stay as they are.
func SortTasks[T any](list []T, task func(T) Task) {
	slices.SortStableFunc(list, func(a, b T) int {
		x, y := task(a), task(b)
		return cmp.Or(last(x.Awaited, y.Awaited), last(!x.Overdue, !y.Overdue), last(x.DueAt.IsZero(), y.DueAt.IsZero()), x.DueAt.Compare(y.DueAt))
	})
}

func last(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

func firstAllowed(wanted, allowed []CommandKind) CommandKind {
	for _, kind := range wanted {
		if slices.Contains(allowed, kind) {
			return kind
		}
	}
	return ""
}

// deskOf is the role whose work on the case is the reader's today; empty when it is somebody else's. Who owns a case as
// coordinator has its work alone; without a case manager, the case manager's work is the partner's.
func (c Case) deskOf(r Reader, today calendar.Date) Role {
	mine := true
	role := r.Role
	switch r.Role {
	case RoleCoordinator:
		mine = c.OwnerID == "" || c.OwnerID == r.UserID
	case RoleMunicipality:
		mine, role = c.Rules.ScreenedBy == RoleMunicipality, RoleCoordinator
	case RoleSender:
		mine = c.sentBy(r.UserID, r.OrgID)
	case RoleCaseManager:
		mine = c.CaseManagerOn(today) == r.UserID
	case RolePartnerManager:
		mine = r.OrgID == c.PartnerID || c.Proposal != nil && c.Proposal.PartnerID == r.OrgID
	case RoleHospitalContact:
	default:
		mine = false
	}
	if !mine {
		return ""
	}
	return role
}

// from is the day from which a clock is somebody's task.
type from int

const (
	atOnce     from = iota // as soon as it runs
	onTheDay               // when it is due
	whenMissed             // once it is missed
	weekBefore
)

func (f from) shows(d Deadline, today calendar.Date) bool {
	switch f {
	case onTheDay:
		return !today.Before(d.DueOn)
	case whenMissed:
		return d.Status == ClockMissed
	case weekBefore:
		return !today.Before(d.DueOn.AddDays(-7))
	default:
		return true
	}
}

// asks is whose task a clock is, and from when. DOMAIN, Clocks: who is reminded, and whose digest speaks of it.
var asks = map[ClockKind]map[Role]from{
	ClockScreening:     {RoleCoordinator: atOnce},
	ClockCompletion:    {RoleSender: atOnce, RoleHospitalContact: whenMissed, RoleCoordinator: whenMissed},
	ClockWaitlistCheck: {RoleSender: onTheDay, RoleCoordinator: whenMissed},
	ClockAssignment:    {RoleCoordinator: atOnce},
	ClockAcceptance:    {RolePartnerManager: atOnce, RoleCoordinator: atOnce},
	ClockPlan:          {RoleCaseManager: atOnce, RoleCoordinator: whenMissed},
	ClockStart:         {RoleCaseManager: onTheDay, RoleCoordinator: whenMissed},
	ClockSignatures:    {RoleCaseManager: atOnce, RoleCoordinator: atOnce},
	ClockEquipe:        {RoleCaseManager: atOnce, RoleCoordinator: whenMissed},
	ClockReview:        {RoleCaseManager: weekBefore, RoleCoordinator: weekBefore},
	ClockHandover:      {RoleCaseManager: onTheDay, RoleCoordinator: whenMissed},
	ClockCap:           {RoleCaseManager: weekBefore, RoleCoordinator: weekBefore},
	ClockMonitoring:    {RoleCaseManager: onTheDay},
	ClockOutcome:       {RoleCaseManager: atOnce, RoleCoordinator: whenMissed},
}

// settles is what settles a task; the first that the reader may do now.
var settles = map[TaskKind][]CommandKind{
	TaskKind(ClockScreening):       {Screen},
	TaskKind(ClockCompletion):      {Complete},
	TaskKind(ClockWaitlistCheck):   {Screen, UpdateDischarge},
	TaskKind(ClockAssignment):      {Propose, Reassign},
	TaskKind(ClockAcceptance):      {Propose, Reassign, Accept},
	TaskKind(ClockPlan):            {SubmitPlan},
	TaskKind(ClockStart):           {ConfirmStart},
	TaskKind(ClockSignatures):      {Sign, SubmitPlan},
	TaskKind(ClockEquipe):          {ConveneMeeting},
	TaskKind(ClockReview):          {Renew, Close},
	TaskKind(ClockHandover):        {UpdateDetails},
	TaskKind(ClockCap):             {Close},
	TaskKind(ClockMonitoring):      {RecordHomeVisit},
	TaskKind(ClockOutcome):         {CompleteOutcome},
	TaskKind(FlagReadmission):      {Suspend, Resume},
	TaskKind(FlagSignatureRefused): {SubmitPlan, Sign},
	TaskKind(FlagReplanAsked):      {SubmitPlan},
	TaskKind(FlagCloseAsked):       {Close},
	TaskKind(FlagPlanDraft):        {SubmitPlan},
	TaskKind(FlagNoCaseManager):    {AppointCaseManager},
	TaskReferralIncomplete:         {Complete},
	TaskMeetingUnrecorded:          {RecordMeeting},
	TaskFundsFree:                  {Screen},
}

// clockTasks are the clocks that run, or were missed and are still awaited.
func (c Case) clockTasks(role Role, now time.Time) []Task {
	var tasks []Task
	today := c.Today(now)
	for _, d := range c.Deadlines(now) {
		begins, ok := asks[d.Kind][c.workOf(role, d.Kind, today)]
		if !d.Open() || !ok || !begins.shows(d, today) || c.meetingAhead(d) {
			continue
		}
		t := Task{
			Kind: TaskKind(d.Kind), DueOn: d.DueOn, DueAt: d.DueAt, Overdue: d.Status == ClockMissed, Why: d.Why,
			Awaited: c.awaited(role, d),
		}
		if !slices.Contains(tasks, t) { // two questions of one day are one task
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// workOf is the role in whose work a clock stands: the partner has the case manager's while nobody is appointed.
func (c Case) workOf(role Role, kind ClockKind, today calendar.Date) Role {
	if _, own := asks[kind][role]; !own && role == RolePartnerManager && c.CaseManagerOn(today) == "" {
		return RoleCaseManager
	}
	return role
}

// meetingAhead reports whether the équipe is convened in time: nobody has anything to do until its hour, and then to record it.
func (c Case) meetingAhead(d Deadline) bool {
	return d.Kind == ClockEquipe && d.Status == ClockPending && c.Convened != nil
}

// awaited reports whether a clock waits for somebody else than a role that only watches it.
func (c Case) awaited(role Role, d Deadline) bool {
	if role != RoleCoordinator || d.Status == ClockMissed {
		return false
	}
	return d.Kind == ClockAcceptance || d.Kind == ClockSignatures && !slices.Contains(c.MissingSigners(), "coordinator")
}

// factTasks are what no clock measures.
func (c Case) factTasks(role Role, aside Aside, now time.Time) []Task {
	var tasks []Task
	add := func(kind TaskKind, why string, roles ...Role) {
		if slices.Contains(roles, role) {
			tasks = append(tasks, Task{Kind: kind, Why: why})
		}
	}
	if c.State.BeforeStart() && len(c.Missing) > 0 && !slices.ContainsFunc(c.Questions, Question.open) {
		add(TaskReferralIncomplete, "Mancano dati della scheda, che servono prima dell'avvio.", RoleSender)
	}
	if c.Convened != nil && !now.Before(c.Convened.At) {
		add(TaskMeetingUnrecorded, "L'équipe multidisciplinare era convocata per il "+calendar.DateOf(c.Convened.At).Italian()+
			": com'è andata?", RoleCaseManager, RoleCoordinator)
	}
	for _, f := range c.Flags(now) {
		for _, role := range flagAsks[f] {
			add(TaskKind(f), flagWhy[f], role)
		}
	}
	if aside.FailedMails > 0 {
		add(TaskMailFailed, counted(aside.FailedMails, "messaggio non è arrivato", "messaggi non sono arrivati")+": avvisare per telefono.",
			RoleCoordinator)
	}
	if aside.FundsFree && c.State == StateWaitlisted {
		add(TaskFundsFree, "I fondi della linea bastano per il livello di questo caso.", RoleCoordinator)
	}
	return tasks
}

func (q Question) open() bool { return q.AnsweredAt.IsZero() }

// flagAsks is whose task a flag is. The flags of missed clocks are their clocks' tasks.
var flagAsks = map[Flag][]Role{
	FlagReadmission:      {RoleCaseManager, RoleCoordinator},
	FlagSignatureRefused: {RoleCoordinator},
	FlagReplanAsked:      {RoleCoordinator, RoleCaseManager},
	FlagCloseAsked:       {RoleCoordinator},
	FlagPlanDraft:        {RoleCoordinator},
	FlagNoCaseManager:    {RolePartnerManager, RoleCoordinator},
}

var flagWhy = map[Flag]string{
	FlagReadmission:      "Un reparto ha segnalato un nuovo ricovero: sospendere, o dire che l'assistenza prosegue.",
	FlagSignatureRefused: "Una firma del PAI è stata rifiutata: decide il coordinatore.",
	FlagReplanAsked:      "L'équipe multidisciplinare ha deciso di riprogettare: serve una nuova versione del PAI.",
	FlagCloseAsked:       "L'équipe multidisciplinare ha deciso di chiudere.",
	FlagPlanDraft:        "Il PAI chiede un livello per cui i fondi non bastano: resta in bozza.",
	FlagNoCaseManager:    "Oggi nessun case manager segue il caso.",
}

// Italian is what a task is about, in a list.
func (k TaskKind) Italian() string {
	switch k {
	case TaskReferralIncomplete:
		return "Scheda da completare"
	case TaskMeetingUnrecorded:
		return "Équipe multidisciplinare da registrare"
	case TaskMailFailed:
		return "Messaggi non consegnati"
	case TaskFundsFree:
		return "In attesa di fondi: ora ci sono"
	default:
	}
	if _, ok := flagAsks[Flag(k)]; ok {
		return Flag(k).Italian()
	}
	return ClockKind(k).Italian()
}
