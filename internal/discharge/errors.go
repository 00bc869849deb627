package discharge

import "errors"

// ErrorKind is the machine's word for what went wrong. The HTTP contract maps each to a status.
type ErrorKind string

// The kinds of error that people may be shown. Anything else is internal.
const (
	KindMalformed        ErrorKind = "malformed"
	KindUnauthenticated  ErrorKind = "unauthenticated"
	KindNotFound         ErrorKind = "not_found"
	KindForbidden        ErrorKind = "forbidden"
	KindNotAllowed       ErrorKind = "not_allowed_in_state"
	KindBudgetExhausted  ErrorKind = "budget_exhausted"
	KindDuplicateCase    ErrorKind = "duplicate_case"
	KindTooLarge         ErrorKind = "too_large"
	KindUnsupportedMedia ErrorKind = "unsupported_media_type"
	KindInvalid          ErrorKind = "invalid"
	KindKeyReused        ErrorKind = "idempotency_key_reused"
	KindRateLimited      ErrorKind = "rate_limited"
	KindInternal         ErrorKind = "internal"
	KindUnavailable      ErrorKind = "unavailable"
)

// FieldError names one wrong field. It never repeats the value.
type FieldError struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error is a refusal that a person may read: the kind for machines, the message in Italian.
type Error struct {
	Kind    ErrorKind    `json:"kind"`
	Message string       `json:"message"`
	Fields  []FieldError `json:"fields,omitempty"`
}

func (e *Error) Error() string { return string(e.Kind) + ": " + e.Message }

// KindOf returns the kind of the first [Error] in the chain of err, or [KindInternal].
func KindOf(err error) ErrorKind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// Refuse makes a refusal of a kind.
func Refuse(kind ErrorKind, message string) *Error {
	return &Error{Kind: kind, Message: message}
}

// Invalid refuses one field of a command. Codes are short and stable: required, unknown, too_early, too_late,
// out_of_range, not_applicable.
func Invalid(field, code, message string) *Error {
	return &Error{
		Kind:    KindInvalid,
		Message: message,
		Fields:  []FieldError{{Field: field, Code: code, Message: message}},
	}
}
