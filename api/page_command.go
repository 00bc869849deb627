package api

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// Every command has a page with its form. What is asked stands in the files page_command_*.go; what may be said and who
// may say it, where the API's commands are: a form becomes the very body that the API takes.

// maxCommandForm is enough for the longest text of a command, with every letter written as three.
const maxCommandForm = 256 << 10

// commandPage finds the command of the path and its form.
func commandPage(c *gin.Context) (commandSpec, commandForm, error) {
	for _, spec := range commandTable() {
		if form, ok := commandForms[spec.kind]; ok && spec.path() == c.Param("comando") {
			return spec, form, nil
		}
	}
	return commandSpec{}, commandForm{}, errNotFound
}

// showCommand asks for what a command needs or, when it may not be given, says why.
func (s *server) showCommand(c *gin.Context) error {
	spec, form, err := commandPage(c)
	if err != nil {
		return err
	}
	v, err := s.open(c, spec.kind)
	if err != nil {
		return err
	}
	look := v.lookAt("form " + spec.path())
	actor, refusal := v.actor(spec.kind)
	if refusal == nil {
		refusal = v.Snapshot.Admits(spec.kind, v.now)
	} else {
		look.What = postgres.RefusedAccess + look.What
	}
	if err := s.store.LogAccess(c, v.ID, look); err != nil {
		return err
	}
	a := &asking{turn: turn{c, s, v, actor}, first: url.Values{}}
	var why *discharge.Error
	if errors.As(refusal, &why) {
		page := a.page(spec, form, nil)
		page.Refused = why.Message
		return s.sendCommandPage(c, problems[why.Kind].status, page)
	}
	groups, err := a.groups(form)
	if err != nil {
		return err
	}
	page := a.page(spec, form, groups)
	page.Form = html.Form{Values: a.first, Key: postgres.NewID()}
	return s.sendCommandPage(c, http.StatusOK, page)
}

func (s *server) sendCommandPage(c *gin.Context, status int, page html.CommandPage) error {
	at := place{section: "/casi", trail: []html.Crumb{{Label: "Casi", Path: "/casi"}, {Label: page.Code, Path: page.Case}}}
	return show(s, c, status, html.Command, at, page)
}

// page is the form's, before anything is asked.
func (a *asking) page(spec commandSpec, form commandForm, groups []html.Group) html.CommandPage {
	page := html.CommandPage{
		Title: cmp.Or(form.title, spec.kind.Italian()), Code: a.v.Code, Case: casePath(a.v.ID), Intro: form.intro,
		Version: strconv.Itoa(a.v.Snapshot.Version), Groups: groups, Button: cmp.Or(form.button, "Registrare"),
	}
	if p := a.v.Referral.Patient; namesPerson(a.v.view()) {
		page.Person = p.GivenName + " " + p.FamilyName
	}
	return page
}

// takeCommand gives the command of a form, and goes back to the case. A form that does not go through comes back as it
// was filled in.
func (s *server) takeCommand(c *gin.Context) error {
	spec, form, err := commandPage(c)
	if err != nil {
		return err
	}
	values, err := s.readFormWithin(c, maxCommandForm)
	if err != nil {
		return err
	}
	in := postgres.NewCommand{
		ActorID: reader(c).ID, Route: c.Request.URL.Path, Key: values.Get("key"), Kind: spec.kind,
	}
	if in.Key == "" || len(in.Key) > 200 {
		return errForm
	}
	v, err := s.open(c, spec.kind)
	if err != nil {
		return s.takenOutOfSight(c, form, in, values, err)
	}
	actor, _ := v.actor(spec.kind) // obey says why not
	sent := sentForm{asking: &asking{turn: turn{c, s, v, actor}, first: url.Values{}}, spec: spec, form: form, values: values, in: in}
	if sent.list, err = sent.groups(form); err != nil {
		return err
	}
	done, err := sent.through(c)
	switch {
	case err != nil:
		return sent.back(c, err)
	case !done:
		return nil // the page has been sent
	default:
		return s.afterCommand(c, v.ID, form)
	}
}

// takenOutOfSight is the second click on an act that took the case away from the reader, as a decline.
func (s *server) takenOutOfSight(c *gin.Context, form commandForm, in postgres.NewCommand, values url.Values, notSeen error) error {
	if in.Kind != discharge.Decline {
		return notSeen
	}
	a := &asking{turn: turn{Context: c, server: s}, first: url.Values{}}
	groups, err := a.groups(form)
	if err != nil {
		return err
	}
	body, _ := bodyOf(groups, values)
	in.Body = body
	if _, err := s.repeated(c, in, notSeen); err != nil {
		return err
	}
	return redirect(c, "/oggi")
}

// afterCommand goes back to the case, or to the first page when it went out of sight.
func (s *server) afterCommand(c *gin.Context, caseID string, form commandForm) error {
	s.say(c, "success", cmp.Or(form.done, "Registrato."))
	_, err := s.look(c, caseID)
	if discharge.KindOf(err) == discharge.KindNotFound {
		return redirect(c, "/oggi")
	}
	if err != nil {
		return err
	}
	return redirect(c, string(casePath(caseID)))
}

// sentForm is a form as it was sent.
type sentForm struct {
	*asking
	spec   commandSpec
	form   commandForm
	list   []html.Group
	values url.Values
	in     postgres.NewCommand
}

// through gives the command, unless the case has moved or a warning has not been read yet: then the form is sent back
// and it is not done.
func (f *sentForm) through(c *gin.Context) (bool, error) {
	body, wrong := bodyOf(f.list, f.values)
	if len(wrong) > 0 {
		return false, f.send(c, http.StatusUnprocessableEntity, f.again(wrong))
	}
	f.in.Body = body
	changed, err := f.changed(c)
	if err != nil {
		return false, err
	}
	_, again, err := f.store.RepeatedCommand(c, f.in)
	if err != nil || again {
		return again, err
	}
	page := f.again(nil)
	if page.Changed = changed; len(changed) > 0 {
		return false, f.send(c, http.StatusConflict, page)
	}
	if f.form.warn != nil {
		if _, err := f.judge(f.in, f.turn, f.spec); err != nil { // mistakes first
			return false, err
		}
		if page.Warning = f.form.warn(f.asking, f.values); page.Warning != "" && page.Warning != f.values.Get("warned") {
			return false, f.send(c, http.StatusUnprocessableEntity, page)
		}
	}
	_, err = f.obey(c, f.spec, f.in, f.v)
	return err == nil, err
}

// changed is what people did to the case since the form was opened, as far as the reader may know. What only the clocks
// did changes nothing for who fills in a form.
func (f *sentForm) changed(c *gin.Context) ([]string, error) {
	version, err := strconv.Atoi(f.values.Get("version"))
	if err != nil || version >= f.v.Snapshot.Version || readsTimeline(f.v) != nil {
		return nil, nil //nolint:nilerr // a form without it is judged by the rules alone
	}
	items, err := f.timelineOf(c, f.v)
	if err != nil {
		return nil, err
	}
	var changed []string
	for _, item := range items {
		if item.Seq > version && item.Actor.Role != string(discharge.RoleSystem) {
			changed = append(changed, item.On.Italian()+", "+item.Actor.Name+": "+item.Summary)
		}
	}
	return changed, nil
}

// back sends the form back with what was wrong with it. What is not about the form is a problem like any other.
func (f *sentForm) back(c *gin.Context, err error) error {
	var refusal *discharge.Error
	if !errors.As(err, &refusal) {
		return err
	}
	shown := []discharge.ErrorKind{
		discharge.KindInvalid, discharge.KindNotAllowed, discharge.KindBudgetExhausted, discharge.KindUnavailable, discharge.KindKeyReused,
	}
	if !slices.Contains(shown, refusal.Kind) {
		return err
	}
	if _, done, err := f.store.RepeatedCommand(c, f.in); err != nil || done { // the other of two clicks was quicker
		return cmp.Or(err, f.afterCommand(c, f.v.ID, f.form))
	}
	page := f.again(f.mistakes(refusal))
	if refusal.Kind == discharge.KindKeyReused {
		page.Form.Key = postgres.NewID()
		page.Form.Errors = []html.FieldError{{Message: "Questo modulo era già stato inviato con altre risposte: guardi il caso e, se serve, lo invii di nuovo."}}
	}
	if refusal.Kind == discharge.KindUnavailable {
		page.Form.Errors = []html.FieldError{{Message: problemWords[refusal.Kind].Text}}
	}
	return f.send(c, problems[refusal.Kind].status, page)
}

// again is the page with what was typed.
func (f *sentForm) again(wrong []html.FieldError) html.CommandPage {
	page := f.page(f.spec, f.form, f.list)
	page.Form = html.Form{Values: f.values, Errors: wrong, Key: f.in.Key}
	return page
}

func (f *sentForm) send(c *gin.Context, status int, page html.CommandPage) error {
	return f.sendCommandPage(c, status, page)
}

// mistakes say a refusal beside the questions that it is about.
func (f *sentForm) mistakes(refusal *discharge.Error) []html.FieldError {
	if len(refusal.Fields) == 0 {
		return []html.FieldError{{Message: refusal.Message}}
	}
	rows := linesFilled(f.list, f.values)
	return each(refusal.Fields, func(e discharge.FieldError) html.FieldError {
		return html.FieldError{Field: questionOf(f.list, rows, e.Field), Message: e.Message}
	})
}
