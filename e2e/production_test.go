package e2e

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	temporal "go.temporal.io/sdk/client"

	"dimissioni/internal/standalone/client"
)

// TestProductionTwoOfEach runs two apis and two workers on one Postgres and one Temporal. A case goes back and forth
// between the apis, and one worker is killed on the way.
func TestProductionTwoOfEach(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.once("migrate")
	f.once("prepare")
	f.once("prepare")
	left := f.service("dimissioni-race", "api", "--migrate") // the demo's people come with it
	services := f.services("dimissioni-race", "api", "worker", "worker")
	right, worker, other := services[0], services[1], services[2]
	f.address = left.address()
	there := f.seen(right)

	id, code := f.submit()
	there.do("coordinator", id, "screen", admission())
	f.do("coordinator", id, "propose", client.Object{"partner_id": f.id("igea", "organisation")})
	worker.kill()
	there.do("igea", id, "accept", nil)
	f.do("igea", id, "appoint-case-manager", client.Object{"user_id": f.id("casemanager", "user")})
	there.do("casemanager", id, "submit-plan", plan())
	for i, signer := range []string{"coordinator", "case_manager", "patient"} {
		[]*world{f.world, there}[i%2].do("casemanager", id, "sign", client.Object{"signer": signer, "method": "in_person"})
	}
	there.do("casemanager", id, "confirm-start", nil)
	f.sameKeyTwice(there, id)
	right.stop()
	f.do("casemanager", id, "suspend", client.Object{"reason_code": "hospital"})

	want := []string{
		"submitted", "admitted", "proposed", "accepted", "case_manager_appointed", "plan_submitted", "signed", "signed",
		"signed", "plan_in_force", "started", "details_updated", "suspended",
	}
	if got := f.events(id); !slices.Equal(slices.DeleteFunc(got, isTime), want) {
		t.Errorf("timeline %v, want %v", got, want)
	}
	f.forwardUntil(id, "the start is told", func() bool { return len(f.mails(code, "activated")) > 0 })
	f.diesWithMail(other)
}

// diesWithMail kills the only worker while the mail server holds its mail: the next one carries it, not ten minutes later.
func (f *fleet) diesWithMail(carrier *member) {
	f.t.Helper()
	held, release := make(chan struct{}, 100), make(chan struct{})
	if err := f.catcher.Stop(); err != nil {
		f.t.Fatal(err)
	}
	f.openMail(f.catcher.Addr(), func(string) error {
		held <- struct{}{}
		<-release
		return nil
	})
	_, code := f.submitUrgent()
	<-held
	carrier.kill()
	close(release)
	carrier.start()
	f.eventually("the mail goes all the same", func() bool { return len(f.mails(code, "referral_received")) > 0 })
	f.noMailTwice(code)
}

// sameKeyTwice gives one command to both apis at the same moment.
func (f *fleet) sameKeyTwice(there *world, id string) {
	f.t.Helper()
	var wg sync.WaitGroup
	for _, c := range []*client.Client{f.as("coordinator"), there.as("coordinator")} {
		wg.Go(func() {
			_, err := c.Do(f.ctx(), http.MethodPost, "/discharges/"+id+"/update-details", details(seeded(1, 1)),
				map[string]string{"Idempotency-Key": "both"})
			if err != nil {
				f.t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestProductionRollingUpgrade puts a worker of the next version, which changes the loop, beside the old ones while cases
// are open, and stops the old ones: no case is hurt. Open cases go on as they were, new ones take the new step.
func TestProductionRollingUpgrade(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.address = f.service("dimissioni-race", "api", "--migrate").address()
	old := f.services("dimissioni-race", "worker", "worker")
	young, youngCode := f.submit()
	f.do("coordinator", young, "screen", admission())
	grown, grownCode := f.submit()
	f.toActive(grown)
	before := f.currentVersion()

	f.service("dimissioni-next", "worker")
	if now := f.currentVersion(); before == "next" || now != "next" {
		t.Fatalf("current workers: %q, then %q", before, now)
	}
	f.do("coordinator", young, "propose", client.Object{"partner_id": f.id("igea", "organisation")}) // side by side
	between, _ := f.submit()
	f.do("coordinator", between, "screen", admission())
	old[0].kill()
	old[0].start() // as whoever watches over it does: what is old does not take the work back
	if now := f.currentVersion(); now != "next" {
		t.Errorf("an old worker that started again made %q current", now)
	}
	f.do("igea", young, "accept", nil)
	for _, m := range old {
		m.stop()
	}
	f.do("igea", young, "appoint-case-manager", client.Object{"user_id": f.id("casemanager", "user")})
	f.forward(grown, 11) // its clocks ring under the new version
	f.do("casemanager", grown, "suspend", client.Object{"reason_code": "hospital"})
	fresh, _ := f.submit()
	f.do("coordinator", fresh, "screen", admission())

	for _, end := range []struct {
		id, event string
		rehearsed bool
	}{
		{young, "case_manager_appointed", false}, {grown, "suspended", false}, {between, "admitted", true}, {fresh, "admitted", true},
	} {
		if got := slices.DeleteFunc(f.events(end.id), isTime); got[len(got)-1] != end.event {
			t.Errorf("timeline %v, want %s at the end", got, end.event)
		}
		f.ledBy(end.id, "next", end.rehearsed)
	}
	if got := f.events(grown); !slices.Contains(got, "missed") {
		t.Errorf("timeline %v, want the missed équipe", got)
	}
	f.noMailTwice(youngCode)
	f.noMailTwice(grownCode)
}

// currentVersion is the build of the workers that get the work.
func (f *fleet) currentVersion() string {
	f.t.Helper()
	seen, err := f.temporal().WorkerDeploymentClient().GetHandle("dimissioni").Describe(f.ctx(), temporal.WorkerDeploymentDescribeOptions{})
	if err != nil {
		f.t.Fatal(err)
	}
	return seen.Info.RoutingConfig.CurrentVersion.BuildID
}

// ledBy wants a case's last step to be a build's, no step of it to have failed, and the step that came with the next
// version to be there or not.
func (f *fleet) ledBy(id, build string, rehearsed bool) {
	f.t.Helper()
	last, marked, timed := "", false, false
	for _, e := range f.history(id).GetEvents() {
		switch e.GetEventType() {
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED:
			f.t.Errorf("a step of the case failed: %v", e.GetWorkflowTaskFailedEventAttributes())
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			last = e.GetWorkflowTaskCompletedEventAttributes().GetDeploymentVersion().GetBuildId()
		case enumspb.EVENT_TYPE_MARKER_RECORDED:
			marked = marked || e.GetMarkerRecordedEventAttributes().GetMarkerName() == "Version"
		case enumspb.EVENT_TYPE_TIMER_STARTED:
			timed = timed || e.GetTimerStartedEventAttributes().GetStartToFireTimeout().AsDuration() == time.Second
		default:
		}
	}
	if last != build {
		f.t.Errorf("the case was led by %q at last, want %q", last, build)
	}
	if marked != rehearsed || timed != rehearsed {
		f.t.Errorf("the new step: marker %t, timer %t, want %t", marked, timed, rehearsed)
	}
}
