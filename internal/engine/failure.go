package engine

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"dimissioni/internal/discharge"
)

// Failure is how an error of the rules crosses Temporal: the kind as type, the whole error as details. Go identity
// does not survive, and everything else of an error could tell too much.
func Failure(e *discharge.Error) error {
	return temporal.NewApplicationErrorWithOptions(e.Message, string(e.Kind), temporal.ApplicationErrorOptions{
		NonRetryable: true,
		Details:      []any{*e},
	})
}

// Refusal is the error of the rules that crossed Temporal inside err, if there is one.
func Refusal(err error) (*discharge.Error, bool) {
	var failure *temporal.ApplicationError
	var e discharge.Error
	if errors.As(err, &failure) && failure.HasDetails() && failure.Details(&e) == nil && string(e.Kind) == failure.Type() {
		return &e, true
	}
	return nil, false
}

// AsError is err as an error of the rules: what Decide returns always is one.
func AsError(err error) *discharge.Error {
	var e *discharge.Error
	if errors.As(err, &e) {
		return e
	}
	return discharge.Refuse(discharge.KindInternal, "Errore interno.")
}
