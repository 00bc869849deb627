package app

import (
	"fmt"
	"strings"

	"dimissioni/api"
	"dimissioni/api/html"
	"dimissioni/internal/cipher"
	"dimissioni/internal/postgres"
)

// linkTo makes the addresses of a kind of page, for mails; nil without a public address, and then mails say whom to call.
func (s *Service) linkTo(path string) func(string) string {
	if s.settings.PublicURL == "" {
		return nil
	}
	base := strings.TrimRight(s.settings.PublicURL, "/")
	return func(name string) string { return base + path + name }
}

// linkKeys are what the links of mails are derived from: the key ring's.
func linkKeys(keys string) (postgres.LinkKeys, error) {
	ring, err := cipher.ParseRing(keys)
	if err != nil {
		return postgres.LinkKeys{}, fmt.Errorf("read keys: %w", err)
	}
	return postgres.LinkKeys{Current: ring.First(), Derive: ring.Derive}, nil
}

// links are the settings of the pages behind the links of mails.
func (s Settings) links() api.Links {
	return api.Links{
		Office:     html.Office{Name: s.SenderName, Phone: s.Phone, Hours: s.PhoneHours},
		PublicName: s.PublicName, SMSURL: s.SMSURL, Secure: strings.HasPrefix(s.PublicURL, "https://"),
	}
}
