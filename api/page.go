package api

import (
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
)

const (
	defaultLimit = 50
	maxLimit     = 200
)

// page is a part of a list; next_cursor is null on the last one.
type page[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

func newPage[T any](items []T, next string) page[T] {
	if items == nil {
		items = []T{}
	}
	p := page[T]{Items: items}
	if next != "" {
		p.NextCursor = &next
	}
	return p
}

// window is what ?limit= and &cursor= ask for.
type window struct {
	limit  int
	cursor string
}

func windowOf(c *gin.Context) (window, error) {
	w := window{limit: defaultLimit, cursor: c.Query("cursor")}
	if given := c.Query("limit"); given != "" {
		n, err := strconv.Atoi(given)
		if err != nil || n < 1 || n > maxLimit {
			return w, discharge.Invalid("limit", "out_of_range", "Il limite va da 1 a 200.")
		}
		w.limit = n
	}
	return w, nil
}

var errCursor = malformed("cursor", "invalid_value", "Il cursore non è valido.")

// malformed is a refusal of what cannot be read that names where it is.
func malformed(field, code, message string) error {
	return &discharge.Error{
		Kind: discharge.KindMalformed, Message: message,
		Fields: []discharge.FieldError{{Field: field, Code: code, Message: message}},
	}
}

// cut makes a page of a list that is short enough to be read whole. The cursor is the key of the last item shown, so
// that what is inserted before it does not move the pages.
func cut[T any](all []T, w window, key func(T) string) (page[T], error) {
	if w.cursor != "" {
		last, err := base64.RawURLEncoding.DecodeString(w.cursor)
		if err != nil {
			return page[T]{}, errCursor
		}
		at := slices.IndexFunc(all, func(item T) bool { return key(item) == string(last) })
		if at < 0 {
			return page[T]{}, errCursor
		}
		all = all[at+1:]
	}
	if len(all) <= w.limit {
		return newPage(all, ""), nil
	}
	all = all[:w.limit]
	return newPage(all, base64.RawURLEncoding.EncodeToString([]byte(key(all[len(all)-1])))), nil
}

// send answers with a page of a whole list.
func send[T any](c *gin.Context, status int, all []T, key func(T) string) error {
	w, err := windowOf(c)
	if err != nil {
		return err
	}
	p, err := cut(all, w, key)
	if err != nil {
		return err
	}
	c.JSON(status, p)
	return nil
}
