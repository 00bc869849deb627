package app

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Parse fills a struct of settings, such as [Settings], from the environment. A variable that is empty counts as not
// set; defaults stand in for what is not set, before those of the struct's own tags. The error joins every fault, each one line
// in Italian that begins with the variable's name and never repeats its value; such a variable counts as not set.
func Parse[T any](into *T, defaults map[string]string) error {
	environment := maps.Clone(defaults)
	if environment == nil {
		environment = map[string]string{}
	}
	for name, value := range env.ToMap(os.Environ()) {
		if value != "" {
			environment[name] = value
		}
	}
	err := env.ParseWithOptions(into, env.Options{Environment: environment})
	var several env.AggregateError
	if !errors.As(err, &several) {
		return err
	}
	var faults []error
	for _, each := range several.Errors {
		var wrong env.ParseError
		if !errors.As(each, &wrong) {
			return fmt.Errorf("read environment: %w", each)
		}
		field, _ := reflect.TypeFor[T]().FieldByName(wrong.Name)
		name := field.Tag.Get("env")
		delete(environment, name)
		faults = append(faults, fmt.Errorf("%s non è valida: serve %s", name, kindOf(wrong.Type.Kind())))
	}
	return errors.Join(append(faults, env.ParseWithOptions(into, env.Options{Environment: environment}))...)
}

func kindOf(kind reflect.Kind) string {
	switch kind {
	case reflect.Bool:
		return "1 o 0"
	case reflect.Int:
		return "un numero"
	default:
		return "un testo"
	}
}

// SettingsError is a fault that the person who starts the program can mend: one line or more, in Italian.
type SettingsError struct{ Err error }

func (e *SettingsError) Error() string { return e.Err.Error() }

func (e *SettingsError) Unwrap() error { return e.Err }

// Exit prints every fault on its own line and ends the program with the code of wrong settings.
func Exit(err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		_, _ = fmt.Fprintln(os.Stderr, line)
	}
	os.Exit(2)
}
