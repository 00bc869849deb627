// Package standalone is what one machine needs besides the product itself: a private Postgres (cluster), an
// embedded Temporal (temporald) and a catcher of mails (mailcatcher). This package holds only what the three
// share: the way they tell the person who starts the program why it cannot start.
package standalone

// Fault is a reason not to start that the person at the keyboard can remove: a taken port, a folder that is not
// writable, a program that is not installed. Message is one Italian line without a full stop, it names the thing and
// the way out, and is all that Error returns. Err is the cause for the log; it may be nil.
//
// Every other error of these packages is internal: log it.
type Fault struct { //nolint:errname // reads as the thing it is: a fault of the machine, not of the program
	Message string
	Err     error
}

func (f *Fault) Error() string { return f.Message }

func (f *Fault) Unwrap() error { return f.Err }
