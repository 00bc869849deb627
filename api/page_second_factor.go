package api

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/pquerna/otp"

	"dimissioni/api/html"
)

// showSecondFactor says whether the reader has a second factor, and asks for the password to begin with a new one.
func (s *server) showSecondFactor(c *gin.Context) error {
	return s.sendSecondFactor(c, http.StatusOK, html.Form{}, ownPath(c.Query("a")))
}

func (s *server) sendSecondFactor(c *gin.Context, status int, form html.Form, to string) error {
	me := reader(c)
	return show(s, c, status, html.SecondFactor, inProfile, html.SecondFactorPage{
		Form: form, To: to, Active: me.SecondFactor, Must: me.MustEnrol,
	})
}

// beginSecondFactor shows the new secret. It answers a POST with a page: the secret is seen here alone, and never kept to be
// shown again.
func (s *server) beginSecondFactor(c *gin.Context) error {
	values, err := s.readForm(c)
	if err != nil {
		return err
	}
	to := ownPath(values.Get("to"))
	key, err := s.store.BeginSecondFactor(c, reader(c), s.again(c, values.Get("current_password"), values.Get("totp")))
	if faults, status, ok := faultsOfForm(err); ok {
		return s.sendSecondFactor(c, status, html.Form{Errors: faults}, to)
	}
	if err != nil {
		return err
	}
	picture, err := pictureOf(key.URL)
	if err != nil {
		return err
	}
	page := html.NewFactorPage{To: to, Secret: inFours(key.Secret), Picture: picture}
	return show(s, c, http.StatusOK, html.NewFactor, inProfile, page)
}

// finishSecondFactor takes a code of the new secret and shows the recovery codes, this once.
func (s *server) finishSecondFactor(c *gin.Context) error {
	values, err := s.readForm(c)
	if err != nil {
		return err
	}
	to := ownPath(values.Get("to"))
	codes, err := s.store.ConfirmSecondFactor(c, reader(c), s.again(c, "", values.Get("totp")))
	if faults, status, ok := faultsOfForm(err); ok {
		return show(s, c, status, html.NewFactor, inProfile, html.NewFactorPage{Form: html.Form{Errors: faults}, To: to})
	}
	if err != nil {
		return err
	}
	me, err := s.store.User(c, reader(c).ID)
	if err != nil {
		return err
	}
	c.Set(keySession, me) // the whole desk is open from here on
	return show(s, c, http.StatusOK, html.RecoveryCodes, inProfile, html.RecoveryCodesPage{Codes: codes, To: html.Path(to)})
}

const pictureSize = 240

// pictureOf is a secret's address as the picture that a telephone reads.
func pictureOf(address string) ([]byte, error) {
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		return nil, fmt.Errorf("read second factor: %w", err)
	}
	picture, err := key.Image(pictureSize, pictureSize)
	if err != nil {
		return nil, fmt.Errorf("draw second factor: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("write picture: %w", err)
	}
	return out.Bytes(), nil
}

// inFours writes a secret as people type it.
func inFours(secret string) string {
	var groups []string
	for group := range slices.Chunk([]byte(secret), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, " ")
}
