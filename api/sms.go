package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"dimissioni/internal/discharge"
)

// smsGateway sends texts through an HTTP gateway: POST {to, text}, any 2xx is sent.
type smsGateway struct {
	url    string
	client *http.Client
}

func newSMSGateway(url string) *smsGateway {
	return &smsGateway{url: url, client: &http.Client{
		Timeout: 5 * time.Second,
		// A gateway that sends us elsewhere would get the number twice.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

var errSMS = errors.New("gateway refused")

// send gives a text to the gateway. Its errors name neither number nor text.
func (g *smsGateway) send(ctx context.Context, to, text string) error {
	body, err := json.Marshal(map[string]string{"to": to, "text": text})
	if err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask gateway: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := g.client.Do(r)
	if err != nil {
		return fmt.Errorf("ask gateway: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return errSMS
	}
	return nil
}

// mobileOf is the mobile number of whoever a link was sent to, as the referral and the directory know it; empty when
// there is none.
func (s *server) mobileOf(ctx context.Context, v visit) (string, error) {
	network := v.Referral.Network
	switch v.link.Role {
	case "patient":
		return mobile(v.Referral.Patient.Phone), nil
	case "caregiver":
		if network.Caregiver != nil {
			return mobile(network.Caregiver.Phone), nil
		}
	case "representative":
		if network.Representative != nil {
			return mobile(network.Representative.Phone), nil
		}
	case "gp":
		if network.GP != nil && network.GP.PhysicianID != "" {
			p, err := s.store.Physician(ctx, network.GP.PhysicianID)
			if discharge.KindOf(err) == discharge.KindNotFound {
				return "", nil
			}
			return mobile(p.Phone), err
		}
	}
	return "", nil
}

// mobile is a mobile number in the international form; empty when the text is none. Italian ones begin with 3, with or
// without +39; of other countries nobody can tell, so that any number with its prefix will do.
func mobile(phone string) string {
	number := strings.NewReplacer(" ", "", "-", "", ".", "", "/", "", "(", "", ")", "").Replace(phone)
	if rest, ok := strings.CutPrefix(number, "00"); ok {
		number = "+" + rest
	}
	if strings.HasPrefix(number, "3") {
		number = "+39" + number
	}
	digits, ok := strings.CutPrefix(number, "+")
	if !ok || strings.Trim(digits, "0123456789") != "" || len(digits) < 8 || len(digits) > 15 {
		return ""
	}
	if rest, italian := strings.CutPrefix(digits, "39"); italian && (!strings.HasPrefix(rest, "3") || len(rest) < 9 || len(rest) > 10) {
		return ""
	}
	return number
}
