package html

import (
	"net/url"
	"slices"
	"strings"
)

// FieldError is what was wrong with a field, in Italian.
type FieldError struct{ Field, Message string }

// ID is the field's in the page: the error summary leads there.
func (e FieldError) ID() string { return fieldID(e.Field) }

// Form is what a person has filled in and what was wrong with it. A form that comes back after a mistake shows what was
// typed, never a password.
type Form struct {
	Values url.Values
	Errors []FieldError
	Key    string // the command's idempotency key: a double click is one command
}

// Field is one question. Templates make it of the form, word it, and give it to a block of fields.html:
//
//	{{template "text" ((.Form.Field "phone" "Telefono").Hinted "Anche un interno.").Must}}
type Field struct {
	Name, Label, Hint, Error string
	Value                    string
	Chosen                   []string
	Options                  []Option
	Required                 bool
	Kind                     string // the input's type; text when empty
	Autocomplete             string
	Blank                    string // what a list says where nothing is chosen
	Max                      int    // characters, 0: as many as the form takes
}

// Option is a choice.
type Option struct{ Value, Label, Hint string }

// Field is the question of a name, with its answer so far.
func (f Form) Field(name, label string) Field {
	field := Field{Name: name, Label: label, Value: f.Values.Get(name), Chosen: f.Values[name]}
	if i := slices.IndexFunc(f.Errors, func(e FieldError) bool { return e.Field == name }); i >= 0 {
		field.Error = f.Errors[i].Message
	}
	return field
}

// ID is the field's in the page.
func (f Field) ID() string { return fieldID(f.Name) }

func fieldID(name string) string {
	return "f-" + strings.NewReplacer(".", "-", "[", "-", "]", "", " ", "-").Replace(name)
}

// Must makes an answer compulsory.
func (f Field) Must() Field { f.Required = true; return f }

// Hinted says how to answer.
func (f Field) Hinted(hint string) Field { f.Hint = hint; return f }

// As sets the input's type: date, email, tel, number, password, search.
func (f Field) As(kind string) Field { f.Kind = kind; return f }

// Filled tells browsers what they may fill in.
func (f Field) Filled(autocomplete string) Field { f.Autocomplete = autocomplete; return f }

// Within limits the length.
func (f Field) Within(characters int) Field { f.Max = characters; return f }

// From gives the choices.
func (f Field) From(options []Option) Field { f.Options = options; return f }

// Or says what it means to choose nothing of a list.
func (f Field) Or(blank string) Field { f.Blank = blank; return f }

// Type is the input's type.
func (f Field) Type() string {
	if f.Kind == "" {
		return "text"
	}
	return f.Kind
}

// Shown is the answer that is shown again.
func (f Field) Shown() string {
	if f.Kind == "password" {
		return ""
	}
	return f.Value
}

// Described are the ids of what explains the field; empty when nothing does.
func (f Field) Described() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.ID()+"-error")
	}
	return strings.Join(ids, " ")
}

// Has reports whether a choice is made.
func (f Field) Has(value string) bool { return slices.Contains(f.Chosen, value) }
