package mail

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"

	"dimissioni/internal/discharge"
)

// meetingLength is a guess for calendars: nobody types how long an équipe will take.
const meetingLength = time.Hour

var errInvitation = errors.New("invitation needs the addresses of sender and reader")

// invitation is the calendar part of a meeting's letter: one event, one attendee. It tells the number of the case and
// the hour, neither place nor link, since calendars are shared. Its UID stays through moves and cancellation; the
// meeting's sequence grows with each, so that calendars ignore an older one that arrives late.
func invitation(m Message, s Settings) (body []byte, method string, err error) {
	reader, readerErr := bareAddress(m.To)
	from, fromErr := bareAddress(s.From)
	if readerErr != nil || fromErr != nil {
		return nil, "", errInvitation
	}
	action, status := ics.MethodRequest, ics.ObjectStatusConfirmed
	if m.Moment == discharge.MomentMeetingCancelled {
		action, status = ics.MethodCancel, ics.ObjectStatusCancelled
	}

	cal := ics.NewCalendar()
	cal.SetProductId("-//agenda//agenda//IT")
	cal.SetMethod(action)
	event := cal.AddEvent(m.CaseID + "-equipe-" + strconv.Itoa(m.Meeting.UID) + "@" + s.host())
	event.SetDtStampTime(m.QueuedAt)
	event.SetSequence(m.Meeting.Sequence)
	event.SetStatus(status)
	event.SetClass(ics.ClassificationPrivate)
	event.SetSummary("Équipe " + m.CaseCode)
	event.SetStartAt(m.Meeting.At)
	event.SetEndAt(m.Meeting.At.Add(meetingLength))
	event.SetOrganizer(from.Address)
	// Nobody reads the answers: the letter says whom to tell.
	event.AddAttendee(reader.Address, ics.CalendarUserTypeIndividual, ics.ParticipationRoleReqParticipant,
		ics.ParticipationStatusNeedsAction, ics.WithRSVP(false))
	var out bytes.Buffer
	if err := cal.SerializeTo(&out, ics.WithNewLine("\r\n")); err != nil {
		return nil, "", fmt.Errorf("serialize invitation: %w", err)
	}
	return out.Bytes(), string(action), nil
}
