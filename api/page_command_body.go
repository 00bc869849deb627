package api

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dimissioni/api/html"
	"dimissioni/internal/calendar"
)

// A form's answers become the JSON that the API takes: the name of a question is the path of its key, an answer that is
// left blank is no key. What is wrong with it is said by whoever judges the API's bodies, and led back to the questions.

// bodyOf writes the body of a command. The mistakes are those that JSON could not bear.
func bodyOf(groups []html.Group, values url.Values) ([]byte, []html.FieldError) {
	body, wrong := map[string]any{}, []html.FieldError(nil)
	for _, group := range groups {
		into := body
		if group.Row() != "" {
			if blank(group, values) {
				continue
			}
			into = map[string]any{}
			list, _ := body[group.Row()].([]any)
			body[group.Row()] = append(list, into)
		}
		for _, q := range group.Questions {
			answer, mistake := answerOf(q, values[q.Name()])
			switch {
			case mistake != "":
				wrong = append(wrong, html.FieldError{Field: q.Name(), Message: mistake})
			case answer != nil:
				put(into, strings.Split(q.Key(), "."), answer)
			}
		}
	}
	raw, err := json.Marshal(body)
	if err != nil { // texts and numbers: it cannot
		wrong = append(wrong, html.FieldError{Message: errForm.Message})
	}
	return raw, wrong
}

func put(into map[string]any, path []string, answer any) {
	for ; len(path) > 1; path = path[1:] {
		inner, ok := into[path[0]].(map[string]any)
		if !ok {
			inner = map[string]any{}
			into[path[0]] = inner
		}
		into = inner
	}
	into[path[0]] = answer
}

// answerOf is an answer as JSON has it; nil for none. A mistake is said in Italian.
func answerOf(q html.Question, given []string) (answer any, mistake string) {
	given = slices.DeleteFunc(slices.Clone(given), func(text string) bool { return text == "" })
	if len(given) == 0 {
		return nil, ""
	}
	text := given[0]
	switch q.Kind() {
	case "checks":
		return given, ""
	case "yesno", "flag":
		return text == "si", ""
	case "number", "choice":
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, "Scriva un numero intero."
		}
		return n, ""
	case "date":
		return dateTyped(text)
	case "datetime":
		at, err := time.ParseInLocation("2006-01-02T15:04", text, calendar.Rome)
		if err != nil {
			return nil, "Scriva il giorno e l'ora, per esempio 2026-12-02T14:30."
		}
		return at.Format(time.RFC3339), ""
	case "lines":
		return slices.DeleteFunc(each(strings.Split(text, "\n"), strings.TrimSpace), func(line string) bool { return line == "" }), ""
	default:
		return text, ""
	}
}

// dateTyped reads what browsers send, and what people type where the browser has no calendar.
func dateTyped(text string) (any, string) {
	if on, err := time.Parse("2/1/2006", text); err == nil {
		return on.Format(time.DateOnly), ""
	}
	if _, err := calendar.ParseDate(text); err != nil {
		return nil, "Scriva la data come gg/mm/aaaa."
	}
	return text, ""
}

// blank reports whether nothing was said in a line of a list; what is hidden says nothing by itself.
func blank(group html.Group, values url.Values) bool {
	return !slices.ContainsFunc(group.Questions, func(q html.Question) bool {
		return q.Kind() != "hidden" && values.Get(q.Name()) != ""
	})
}

// linesFilled are the lines of each list that were filled in, in the order in which the body has them.
func linesFilled(groups []html.Group, values url.Values) map[string][]html.Group {
	rows := map[string][]html.Group{}
	for _, group := range groups {
		if group.Row() != "" && !blank(group, values) {
			rows[group.Row()] = append(rows[group.Row()], group)
		}
	}
	return rows
}

// questionOf is the question that a mistake in the body is about; empty for none.
func questionOf(groups []html.Group, rows map[string][]html.Group, field string) string {
	row, rest, listed := strings.Cut(field, "[")
	at, key, _ := strings.Cut(rest, "]")
	if n, err := strconv.Atoi(at); listed && err == nil && n < len(rows[row]) {
		for _, q := range rows[row][n].Questions {
			if "."+q.Key() == key && q.Kind() != "hidden" {
				return q.Name()
			}
		}
		return rows[row][n].Questions[0].Name()
	}
	for _, group := range groups {
		for _, q := range group.Questions {
			if (q.Name() == field || q.Name() == row || group.Row() == field) && q.Kind() != "hidden" {
				return q.Name()
			}
		}
	}
	return ""
}
