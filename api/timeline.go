package api

import (
	"context"
	"fmt"
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

type timelineItem struct {
	Seq        int                 `json:"seq"`
	Kind       discharge.EventKind `json:"kind"`
	On         calendar.Date       `json:"on"`
	RecordedAt time.Time           `json:"recorded_at"`
	Actor      timelineActor       `json:"actor"`
	Summary    string              `json:"summary"`
}

type timelineActor struct {
	Role      string `json:"role"`
	Name      string `json:"name"`
	UserID    string `json:"user_id,omitempty"`
	Telephone bool   `json:"telephone,omitempty"`
}

// wardEvents is what the ward reads of the timeline: its referral and what became of it.
var wardEvents = []discharge.EventKind{
	discharge.Submitted, discharge.Completed, discharge.InformationRequested, discharge.Admitted, discharge.Waitlisted,
	discharge.Rejected, discharge.Accepted, discharge.CaseManagerAppointed, discharge.DischargeUpdated,
	discharge.StartMoved, discharge.Started, discharge.MeetingConvened, discharge.MeetingMoved,
	discharge.MeetingCalledOff, discharge.Suspended, discharge.Resumed, discharge.ReadmissionNoticed,
	discharge.NotStarted, discharge.Closed, discharge.Reopened, discharge.Cancelled, discharge.DetailsUpdated,
}

// getTimeline tells what happened. A partner that has only been asked, an operator and the DPO may not read it.
func (s *server) getTimeline(c *gin.Context) error {
	v, err := s.see(c, "timeline", readsTimeline)
	if err != nil {
		return err
	}
	items, err := s.timelineOf(c, v)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, items, func(i timelineItem) string { return strconv.Itoa(i.Seq) })
}

// readsTimeline: whoever sent the person, whoever cares.
var readsTimeline = reads(discharge.ViewSender, discharge.ViewCare, discharge.ViewFull)

// timelineOf is what happened, as far as the reader may know.
func (s *server) timelineOf(ctx context.Context, v seen) ([]timelineItem, error) {
	entries, err := s.store.Timeline(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	ward := v.view() == discharge.ViewSender
	items := []timelineItem{}
	for _, entry := range entries {
		if !ward || slices.Contains(wardEvents, entry.Event.Kind) {
			items = append(items, itemOf(entry, v))
		}
	}
	return items, nil
}

func itemOf(entry postgres.TimelineEntry, v seen) timelineItem {
	e := entry.Event
	name := entry.ActorName
	switch {
	case name == "":
		name = e.Actor.Role.Italian()
	case entry.OrganisationName != "":
		name += " (" + entry.OrganisationName + ")"
	}
	return timelineItem{
		Seq: e.Seq, Kind: e.Kind, On: e.On, RecordedAt: e.At,
		Actor: timelineActor{
			Role: string(e.Actor.Role), Name: name, UserID: e.Actor.UserID, Telephone: e.Telephone,
		},
		Summary: sentence(entry, v),
	}
}

// sentence says an event in Italian: what, then the words that came with it, then who told it by telephone. The ward
// reads only its own words and the questions it is asked; money is the coordinator's.
func sentence(entry postgres.TimelineEntry, v seen) string {
	e := entry.Event
	said := happened(e, partnerFor(entry, v))
	if timing := v.Snapshot.MeetingTiming(e.Facts.HeldOn); e.Kind == discharge.MeetingRecorded && timing != "" {
		said += ", " + timing
	}
	if m := e.Facts.Money; m != nil && v.view() == discharge.ViewFull {
		said += moneyWords(*m)
	}
	mine := v.view() != discharge.ViewSender || e.Actor.OrgID == v.me.OrganisationID
	var words []string
	if entry.Question != "" {
		words = append(words, "Domanda: "+entry.Question)
	}
	if entry.Ward != "" {
		words = append(words, "Reparto: "+entry.Ward)
	}
	if entry.Phone != "" {
		words = append(words, "Telefono: "+entry.Phone)
	}
	if mine && entry.Reason != "" {
		words = append(words, "Motivo: "+entry.Reason)
	}
	if mine && entry.Note != "" {
		words = append(words, "Nota: "+entry.Note)
	}
	if mine && entry.TelephoneWith != "" {
		words = append(words, "Per telefono con "+entry.TelephoneWith)
	}
	return strings.Join(append([]string{said + "."}, each(words, closed)...), " ")
}

// partnerFor names the partner of an event, after "ente": the one that accepted to everybody, those that were asked and
// declined or handed back to the coordinator and to themselves.
func partnerFor(entry postgres.TimelineEntry, v seen) string {
	e := entry.Event
	own := e.Facts.PartnerID != "" && e.Facts.PartnerID == v.me.OrganisationID
	if entry.PartnerName == "" || e.Kind != discharge.Accepted && v.view() != discharge.ViewFull && !own {
		return ""
	}
	return " (" + entry.PartnerName + ")"
}

// closed ends a text with a full stop.
func closed(text string) string {
	text = strings.TrimSpace(text)
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "!") {
		return text
	}
	return text + "."
}

func moneyWords(m discharge.Money) string {
	switch amount := euro(m.AmountCents); m.Entry {
	case discharge.EntryReserve:
		return ", riservati " + amount
	case discharge.EntryRelease:
		return ", liberati " + amount
	case discharge.EntryAdjust:
		if m.AmountCents == 0 {
			return ""
		}
		return ", adeguamento di " + amount
	default:
		return ""
	}
}

// euro writes cents as people read them: 1.234,56 euro.
func euro(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	whole := strconv.FormatInt(cents/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	return fmt.Sprintf("%s%s,%02d euro", sign, whole, cents%100)
}
