// Package engine is how the rest of the product speaks with Temporal: the names both sides use, the messages between
// the workflows and their activities, and a typed [Client]. It knows the rules' words and nothing of storage.
package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// The task queues. Mails have their own, with a rate limit, so that a slow mail server never delays a case.
const (
	Queue     = "dimissioni"
	MailQueue = "dimissioni-mail"
)

// The types of workflow.
const (
	WorkflowDischarge = "Discharge"
	WorkflowDigest    = "Digest"
	WorkflowReconcile = "Reconcile"
	WorkflowPassword  = "PasswordLetter"
)

// What a case's workflow listens to. The signals after SignalCommand are aliases of it, for the operator's command
// line: a command without a kind is then what the alias says.
const (
	UpdateCommand = "command"
	SignalCommand = "command"
	SignalSignOff = "sign-off"
	SignalRenewal = "renewal"
	SignalClosure = "closure"
	SignalPoke    = "poke" // look at Postgres again
)

// The search attributes of a case: opaque codes, in plain text for ever.
const (
	AttributeState     = "DimissioniState"
	AttributeProgramme = "DimissioniProgramme"
	AttributePartner   = "DimissioniPartner"
)

// Deployment is the name under which the workers' versions are known to Temporal.
const Deployment = "dimissioni"

// BuildID is the version of this program's workflows: the VCS revision, set by the linker.
var BuildID = "dev"

// WorkflowID is the id of the case's workflow.
func WorkflowID(caseID string) string { return "discharge/" + caseID }

// CommandSignals lists the signals that carry a command, in a fixed order.
func CommandSignals() []string {
	return []string{SignalCommand, SignalSignOff, SignalRenewal, SignalClosure}
}

// KindOf is what a command without a kind means when it comes by a signal; empty for SignalCommand.
func KindOf(signal string) discharge.CommandKind {
	switch signal {
	case SignalSignOff:
		return discharge.Sign
	case SignalRenewal:
		return discharge.Renew
	case SignalClosure:
		return discharge.Close
	default:
		return ""
	}
}

// DerivedID is the id of a command that the product gives to itself: always the same UUID for the same parts, so that
// a repetition is recognised.
func DerivedID(parts ...string) string {
	b := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	b[6] = b[6]&0x0f | 0x80 // version 8: made by a rule of our own
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// spread is how long the cases of a district take to wake for their reminders of 09:00.
const spread = 5 * time.Minute

// Spread is when to wake a case for something that falls on an instant: at that very instant, but those at 09:00 in
// Rome, when every reminder goes out, a little later, each case at its own time.
func Spread(caseID string, at time.Time) time.Time {
	if local := at.In(calendar.Rome); local.Hour() != 9 || local.Minute() != 0 {
		return at
	}
	h := sha256.Sum256([]byte(caseID))
	return at.Add(time.Duration(binary.BigEndian.Uint32(h[:4])) * time.Second % spread)
}
