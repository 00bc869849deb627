package api

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

type diaryBody struct {
	On   calendar.Date `json:"on"`
	Text string        `json:"text"`
}

type diaryAnswer struct {
	ID           string        `json:"id"`
	On           calendar.Date `json:"on"`
	Text         string        `json:"text"`
	RecordedBy   string        `json:"recorded_by"`
	RecordedName string        `json:"recorded_name"`
	RecordedAt   time.Time     `json:"recorded_at"`
}

func diaryOf(e postgres.DiaryEntry) diaryAnswer {
	return diaryAnswer{e.ID, e.OnDate, e.Body, e.RecordedBy, e.RecordedName, e.RecordedAt}
}

func (s *server) listDiary(c *gin.Context) error {
	return listOf(s, c, "diary", false, func(c *gin.Context, v seen) ([]postgres.DiaryEntry, error) {
		return s.store.Diary(c, v.ID)
	}, diaryOf, func(e diaryAnswer) string { return e.ID })
}

// writeDiary: the case manager to the coordinator and back, and the municipality's notes; in any state.
func (s *server) writeDiary(c *gin.Context) error {
	in, v, err := s.record(c, "diary",
		records(discharge.RoleCoordinator, discharge.RoleCaseManager, discharge.RoleMunicipality))
	if err != nil {
		return err
	}
	var body diaryBody
	if err := s.read(in.Body, c, &body); err != nil {
		return err
	}
	if body.On.IsZero() {
		body.On = v.Snapshot.Today(v.now)
	}
	if err := notInFuture(v, body.On); err != nil {
		return err
	}
	id, err := s.once(c, in, func(id string) error {
		return s.store.AddDiary(c, postgres.DiaryEntry{
			ID: id, CaseID: v.ID, OnDate: body.On, Body: body.Text, RecordedBy: v.me.ID, RecordedAt: v.now.UTC(),
		})
	})
	if err != nil {
		return err
	}
	list, err := s.store.Diary(c, v.ID)
	return created(c, list, err, func(r postgres.DiaryEntry) string { return r.ID }, id, diaryOf)
}

type assessmentBody struct {
	On    calendar.Date `json:"on"`
	Phase string        `json:"phase"`
	Scale string        `json:"scale"`
	assessmentContent
}

// assessmentContent is what a scale said.
type assessmentContent struct {
	Score  *float64          `json:"score,omitempty"`
	Values map[string]string `json:"values,omitempty"`
	Note   string            `json:"note,omitempty"`
}

type assessmentAnswer struct {
	ID           string        `json:"id"`
	On           calendar.Date `json:"on"`
	Phase        string        `json:"phase"`
	Scale        string        `json:"scale"`
	RecordedBy   string        `json:"recorded_by"`
	RecordedName string        `json:"recorded_name"`
	RecordedAt   time.Time     `json:"recorded_at"`
	assessmentContent
}

func assessmentOf(a postgres.Assessment) assessmentAnswer {
	answer := assessmentAnswer{
		ID: a.ID, On: a.OnDate, Phase: a.Phase, Scale: a.Scale, RecordedBy: a.RecordedBy, RecordedName: a.RecordedName,
		RecordedAt: a.RecordedAt,
	}
	_ = json.Unmarshal(a.Content, &answer.assessmentContent) // written below, of the same type
	return answer
}

func (s *server) listAssessments(c *gin.Context) error {
	return listOf(s, c, "assessments", false, func(c *gin.Context, v seen) ([]postgres.Assessment, error) {
		return s.store.Assessments(c, v.ID)
	}, assessmentOf, func(a assessmentAnswer) string { return a.ID })
}

func (s *server) recordAssessment(c *gin.Context) error {
	in, v, err := s.record(c, "assessment", records(discharge.RoleCoordinator, discharge.RoleCaseManager))
	if err != nil {
		return err
	}
	var body assessmentBody
	if err := s.read(in.Body, c, &body); err != nil {
		return err
	}
	if body.On.IsZero() {
		body.On = v.Snapshot.Today(v.now)
	}
	for _, check := range []func(seen, calendar.Date) error{recordable, notInFuture} {
		if err := check(v, body.On); err != nil {
			return err
		}
	}
	content, err := json.Marshal(body.assessmentContent)
	if err != nil {
		return fmt.Errorf("write assessment: %w", err)
	}
	id, err := s.once(c, in, func(id string) error {
		return s.store.AddAssessment(c, postgres.Assessment{
			ID: id, CaseID: v.ID, Phase: body.Phase, Scale: body.Scale, OnDate: body.On, Content: content,
			RecordedBy: v.me.ID, RecordedAt: v.now.UTC(),
		})
	})
	if err != nil {
		return err
	}
	list, err := s.store.Assessments(c, v.ID)
	return created(c, list, err, func(r postgres.Assessment) string { return r.ID }, id, assessmentOf)
}
