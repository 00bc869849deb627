package mail

import (
	"errors"
	"maps"

	"dimissioni/internal/discharge"
)

// letter is what a moment says to one reader, before any layout.
type letter struct {
	subject string  // what to do, after the case number; unused for persons, whose subject is always the same
	what    string  // what happened
	todo    string  // what the reader does now; empty: nothing
	action  string  // what the link is called; empty: "Aprire la pratica"
	list    []entry // one by one, under what
}

// entry is one line of a list, with its details.
type entry struct {
	Head  string
	Lines []string
	Link  string
}

// book holds the letters of some moments.
type book map[discharge.Moment]func(Message) letter

var (
	professionalLetters = bind(accessLetters, careLetters, teamLetters, accountLetters, reminderLetters())
	personLetters       = bind(familyLetters)
)

var errNoLetter = errors.New("no letter for this moment and reader")

// letterFor finds the words for the message's moment and reader. Every professional may read the letters of
// professionals; persons have their own, for few moments.
func letterFor(m Message) (letter, error) {
	shelf := professionalLetters
	if m.person() {
		shelf = personLetters
	}
	write, ok := shelf[m.Moment]
	if !ok {
		return letter{}, errNoLetter
	}
	return write(m), nil
}

// ifCanOpen is a sentence for who has a way to the case.
func (m Message) ifCanOpen(text string) string {
	if m.canOpen() {
		return text
	}
	return ""
}

func bind(books ...book) book {
	all := book{}
	for _, b := range books {
		maps.Copy(all, b)
	}
	return all
}
