package strictjson

import (
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
)

// fill puts a checked text into what into points at.
func fill(data []byte, into any) error {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return errors.New("decode json: not into a pointer")
	}
	s := &scanner{data: data}
	if s.peek() == 'n' && v.Elem().Kind() == reflect.Struct {
		return &Error{Code: WrongType}
	}
	return s.fill(v.Elem())
}

// fill puts the next value into v. It goes by itself through structs, lists and maps; encoding/json reads the rest.
func (s *scanner) fill(v reflect.Value) error {
	c := s.peek()
	if c == 'n' {
		v.SetZero()
		return s.leaf(v)
	}
	switch {
	case v.Kind() == reflect.Pointer && !readsItself(v.Type()):
		v.Set(reflect.New(v.Type().Elem()))
		return s.fill(v.Elem())
	case readsItself(reflect.PointerTo(v.Type())):
		return s.leaf(v)
	case v.Kind() == reflect.Struct && c == '{':
		return s.fillStruct(v)
	case v.Kind() == reflect.Slice && c == '[':
		return s.fillSlice(v)
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String && c == '{':
		return s.fillMap(v)
	default:
		return s.leaf(v)
	}
}

func (s *scanner) fillStruct(v reflect.Value) error {
	fields := fieldsOf(v.Type())
	return s.object(func(key string) error {
		index, ok := fields[key]
		if !ok {
			return &Error{Code: UnknownField}
		}
		return s.fill(v.FieldByIndex(index))
	})
}

func (s *scanner) fillSlice(v reflect.Value) error {
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	return s.list(func(int) error {
		item := reflect.New(v.Type().Elem()).Elem()
		if s.peek() == 'n' && item.Kind() != reflect.Interface {
			return &Error{Code: WrongType}
		}
		if err := s.fill(item); err != nil {
			return err
		}
		v.Set(reflect.Append(v, item))
		return nil
	})
}

func (s *scanner) fillMap(v reflect.Value) error {
	v.Set(reflect.MakeMap(v.Type()))
	return s.object(func(key string) error {
		item := reflect.New(v.Type().Elem()).Elem()
		if err := s.fill(item); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), item)
		return nil
	})
}

// leaf lets encoding/json read the next value into v.
func (s *scanner) leaf(v reflect.Value) error {
	start := s.pos
	if err := s.value(); err != nil {
		return err
	}
	err := json.Unmarshal(s.data[start:s.pos], v.Addr().Interface())
	var own *Error
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.As(err, &wrong):
		return &Error{Code: WrongType}
	default:
		return &Error{Code: InvalidValue}
	}
}

// fieldsOf are the places of the fields by their key; those of embedded structs stand among them.
func fieldsOf(t reflect.Type) map[string][]int {
	fields := map[string][]int{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			for key, index := range fieldsOf(f.Type) {
				if _, taken := fields[key]; !taken {
					fields[key] = append([]int{i}, index...)
				}
			}
		case !f.IsExported() || name == "-":
		case name == "":
			fields[f.Name] = []int{i}
		default:
			fields[name] = []int{i}
		}
	}
	return fields
}

var (
	jsonReader = reflect.TypeFor[json.Unmarshaler]()
	textReader = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// readsItself says that a type of pointer has its own way to read JSON.
func readsItself(t reflect.Type) bool { return t.Implements(jsonReader) || t.Implements(textReader) }
