package api

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
	"dimissioni/internal/referral"
	"dimissioni/internal/taxcode"
)

// senders are the roles that send referrals in one programme or the other.
var senders = []discharge.Role{discharge.RoleSender, discharge.RoleHospitalContact, discharge.RoleMunicipality}

// submit takes a referral. It needs no engine: the case is stored, then its workflow is started, now or by reconcile.
func (s *server) submit(c *gin.Context) error {
	me := reader(c)
	if !slices.ContainsFunc(me.Grants, func(g postgres.Grant) bool { return slices.Contains(senders, g.Role) }) {
		return errForbidden
	}
	in, err := s.newCommand(c, discharge.Submit)
	if err != nil {
		return err
	}
	form, err := referral.Decode(bytes.NewReader(in.Body))
	if err != nil {
		return err
	}
	form.Normalise(s.now())
	if form.ProgrammeID == "" {
		return invalid(form.Validate(s.now(), nil))
	}
	programme, role, err := s.programmeOf(c, me, form.ProgrammeID)
	if err != nil {
		return err
	}
	if wrong := form.Validate(s.now(), nil); len(wrong) > 0 {
		return invalid(wrong)
	}
	if err := errors.Join(ownPlace(me, role, &form), s.knowsPhysician(c, form)); err != nil {
		return err
	}
	ward, err := s.wardOf(c, me, form.Sender.Ward)
	if err != nil {
		return err
	}
	born, err := s.store.Submit(c, postgres.Submission{
		Command: in, Actor: discharge.Actor{UserID: me.ID, OrgID: me.OrganisationID, Role: role},
		Programme: programme, WardID: ward, Referral: form, Now: s.now(),
	})
	if err != nil {
		return err
	}
	if !born.Repeated {
		s.start(c, born.CaseID)
	}
	v, err := s.look(c, born.CaseID)
	if err != nil {
		return err
	}
	c.Header("Location", base+"/discharges/"+born.CaseID)
	return s.sendCase(c, http.StatusCreated, v)
}

// programmeOf is the programme of a referral and the role in which the reader may send there.
func (s *server) programmeOf(ctx context.Context, me postgres.User, id string) (string, discharge.Role, error) {
	p, err := s.store.Programme(ctx, id)
	if discharge.KindOf(err) == discharge.KindNotFound {
		return "", "", discharge.Invalid("programme_id", "unknown", "Il programma non esiste.")
	}
	if err != nil {
		return "", "", err
	}
	role, ok := submitter(me, p)
	if !ok {
		return "", "", errForbidden
	}
	return p.ID, role, nil
}

// ownPlace: a municipality opens the cases of whoever resides or goes to live there. A shelter without a municipality
// is in the sender's.
func ownPlace(me postgres.User, role discharge.Role, form *referral.Referral) error {
	if role != discharge.RoleMunicipality {
		return nil
	}
	places := &form.Places
	if places.GoingToISTAT == "" && places.ResidenceISTAT == "" {
		places.GoingToISTAT = me.ISTAT
	}
	if me.ISTAT != places.GoingToISTAT && me.ISTAT != places.ResidenceISTAT {
		return discharge.Invalid("places.going_to_istat", "not_applicable",
			"Il Comune apre i casi di chi risiede o va a vivere nel suo territorio.")
	}
	return nil
}

// knowsPhysician refuses a GP that is not in the directory: nobody would ever be told.
func (s *server) knowsPhysician(ctx context.Context, form referral.Referral) error {
	gp := form.Network.GP
	if gp == nil || gp.PhysicianID == "" {
		return nil
	}
	_, err := s.store.Physician(ctx, gp.PhysicianID)
	if discharge.KindOf(err) == discharge.KindNotFound {
		return discharge.Invalid("network.gp.physician_id", "unknown", "Il medico non è nell'elenco.")
	}
	return err
}

// wardOf is the organisation that sends: the reader's own or, for who speaks for a hospital, the ward named in the
// form when it is one of the hospital's.
func (s *server) wardOf(ctx context.Context, me postgres.User, named string) (string, error) {
	if me.OrganisationType != "hospital" {
		return me.OrganisationID, nil
	}
	wards, err := s.store.Organisations(ctx, "ward", "")
	if err != nil {
		return "", err
	}
	for _, w := range wards {
		if w.ParentID == me.OrganisationID && (w.ID == named || strings.EqualFold(w.Name, named)) {
			return w.ID, nil
		}
	}
	return me.OrganisationID, nil
}

// startPatience is how long a referral waits for the engine before it answers without it.
const startPatience = 2 * time.Second

func (s *server) start(ctx context.Context, caseID string) {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	if err := s.engine.Start(ctx, caseID); err != nil {
		s.log.WarnContext(ctx, "case not started yet", slog.String("case_id", caseID), slog.String("cause", cause(err)))
	}
}

type checkBody struct {
	ProgrammeID string `json:"programme_id"`
	personBody
}

// personBody is who is asked about: by tax code, or by names and birth date.
type personBody struct {
	TaxCode    string        `json:"tax_code"`
	FamilyName string        `json:"family_name"`
	GivenName  string        `json:"given_name"`
	BirthDate  calendar.Date `json:"birth_date"`
}

type checkAnswer struct {
	LiveCase *liveCase `json:"live_case"`
}

type liveCase struct {
	Message string `json:"message"`
	ID      string `json:"id,omitempty"`
	Code    string `json:"code,omitempty"`
}

// checkReferral says whether a person has a live case, to who sends referrals in the programme and to the coordinator; to
// whoever may not see the case, only whom to call. Every question is written down, and nobody may ask many.
func (s *server) checkReferral(c *gin.Context) error {
	me := reader(c)
	if err := s.checks.spend(me.ID, s.now()); err != nil {
		return err
	}
	var body checkBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	p, err := s.store.Programme(c, body.ProgrammeID)
	if err != nil && discharge.KindOf(err) != discharge.KindNotFound {
		return err
	}
	_, sends := submitter(me, p)
	if err != nil || !sends && !inProgramme(me, p.ID, discharge.RoleCoordinator) {
		return errForbidden
	}
	person, err := personOf(body.personBody)
	if err != nil {
		return err
	}
	live, found, err := s.store.LiveCase(c, body.ProgrammeID, person)
	if err != nil {
		return err
	}
	err = s.store.Audit(c, me.ID, "referral_check", body.ProgrammeID, map[string]string{"found": strconv.FormatBool(found)})
	if err != nil {
		return err
	}
	answer := checkAnswer{}
	if found {
		if answer.LiveCase, err = s.liveCaseFor(c, p, live); err != nil {
			return err
		}
	}
	c.JSON(http.StatusOK, answer)
	return nil
}

// personOf is who is asked about: by tax code, or by names and birth date.
func personOf(body personBody) (postgres.Person, error) {
	if written(body.TaxCode) {
		code, err := taxcode.Parse(body.TaxCode)
		if err != nil {
			return postgres.Person{}, discharge.Invalid("tax_code", "format", sentenceCase(err.Error()))
		}
		return postgres.Person{TaxCode: code.String()}, nil
	}
	if !written(body.FamilyName) || !written(body.GivenName) || body.BirthDate.IsZero() {
		return postgres.Person{}, discharge.Invalid("tax_code", "required",
			"Indichi il codice fiscale, oppure cognome, nome e data di nascita.")
	}
	return postgres.Person{FamilyName: body.FamilyName, GivenName: body.GivenName, BirthDate: body.BirthDate}, nil
}

func sentenceCase(text string) string { return strings.ToUpper(text[:1]) + text[1:] + "." }

// liveCaseFor tells of a live case: its code only to whoever may see it, and that is written down as a read. A ward of
// its hospital, which may announce the readmission, gets the id to do so.
func (s *server) liveCaseFor(c *gin.Context, p postgres.Programme, live postgres.Live) (*liveCase, error) {
	told := &liveCase{Message: "Questa persona è già seguita nello stesso programma: contatti il coordinatore" +
		when(p.CoordinatorPhone != "", " al numero "+p.CoordinatorPhone) + "."}
	v, err := s.lookFor(c, discharge.ReadmissionNotice, live.ID)
	if discharge.KindOf(err) == discharge.KindNotFound {
		return told, nil
	}
	if err != nil {
		return nil, err
	}
	if told.ID = live.ID; !v.announces {
		told.Code = live.Code
	}
	return told, s.store.LogAccess(c, v.ID, v.lookAt("referral check"))
}
