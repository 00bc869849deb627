// Package app puts the rooms together into a running service: it reads the settings, opens the store, dials the
// engine, and serves the API, the workers or both until it is told to stop. Both programs under cmd use it.
package app

import (
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"dimissioni/internal/cipher"
	"dimissioni/internal/engine"
	"dimissioni/internal/mail"
)

// Settings are read from the environment. TEMPORAL_* are read by the engine, as the Temporal SDK does.
type Settings struct {
	Addr        string `env:"DIMISSIONI_ADDR" envDefault:"127.0.0.1:8080"`
	AdminAddr   string `env:"DIMISSIONI_ADMIN_ADDR" envDefault:"127.0.0.1:9090"`
	PublicURL   string `env:"DIMISSIONI_PUBLIC_URL"`
	DatabaseURL string `env:"DATABASE_URL"`
	Proxies     string `env:"DIMISSIONI_TRUSTED_PROXIES"`
	Keys        string `env:"DIMISSIONI_KEYS"`

	SMTPHost     string `env:"SMTP_HOST"`
	SMTPPort     int    `env:"SMTP_PORT" envDefault:"25"`
	SMTPUsername string `env:"SMTP_USERNAME"`
	SMTPPassword string `env:"SMTP_PASSWORD"`
	SMTPTLS      string `env:"SMTP_TLS" envDefault:"none"`
	MailFrom     string `env:"MAIL_FROM"`
	SenderName   string `env:"DIMISSIONI_SENDER_NAME" envDefault:"Dimissioni protette"`
	PublicName   string `env:"DIMISSIONI_PUBLIC_NAME"`
	Phone        string `env:"DIMISSIONI_PHONE"`
	PhoneHours   string `env:"DIMISSIONI_PHONE_HOURS"`
	SMSURL       string `env:"DIMISSIONI_SMS_URL"`

	Institution string `env:"DIMISSIONI_INSTITUTION"`

	Demo         bool   `env:"DIMISSIONI_DEMO"`
	DemoPassword string `env:"DIMISSIONI_DEMO_PASSWORD"`
	Training     bool   `env:"DIMISSIONI_TRAINING"`
}

// Read reads the settings from the environment and judges them with one of the checks below. The error is a
// [*SettingsError] with every fault.
func Read(check func(Settings) error) (Settings, error) {
	var s Settings
	err := errors.Join(Parse(&s, nil), check(s))
	if err != nil {
		return s, &SettingsError{Err: err}
	}
	return s, nil
}

// Mail are the settings of outgoing mail.
func (s Settings) Mail() mail.Settings {
	return mail.Settings{
		Host: s.SMTPHost, Port: s.SMTPPort, Username: s.SMTPUsername, Password: s.SMTPPassword,
		TLS: mail.TLSMode(s.SMTPTLS), From: s.MailFrom, SenderName: s.SenderName, PublicName: s.PublicName,
		Phone: s.Phone, PhoneHours: s.PhoneHours, Marked: s.Demo || s.Training,
	}
}

// Check returns every fault of the settings of a service joined, or nil.
func (s Settings) Check() error {
	return errors.Join(
		checkAddress("DIMISSIONI_ADDR", s.Addr), checkAddress("DIMISSIONI_ADMIN_ADDR", s.AdminAddr),
		fault(!webAddress(s.PublicURL), "DIMISSIONI_PUBLIC_URL non è un indirizzo http:// o https://"),
		fault(!webAddress(s.SMSURL), "DIMISSIONI_SMS_URL non è un indirizzo http:// o https://"),
		s.checkProxies(), s.CheckEngine(), s.Mail().Check(),
		fault(s.DemoPassword != "" && len(s.DemoPassword) < 8, "DIMISSIONI_DEMO_PASSWORD ha meno di 8 caratteri"),
	)
}

// CheckDatabase returns the faults of what is needed to open the database.
func (s Settings) CheckDatabase() error {
	u, err := url.Parse(s.DatabaseURL)
	return fault(err != nil || !strings.HasPrefix(u.Scheme, "postgres") || u.Host == "",
		"DATABASE_URL manca o non è un indirizzo postgres://…")
}

// CheckEngine returns the faults of what is needed to open the database and Temporal.
func (s Settings) CheckEngine() error {
	_, keys := cipher.ParseRing(s.Keys)
	return errors.Join(s.CheckDatabase(),
		fault(keys != nil, "DIMISSIONI_KEYS manca o non è id:base64,…: 32 byte per chiave"), checkTemporal())
}

// checkTemporal has the engine read TEMPORAL_*. Its reason is the SDK's, which names files and fields, never a secret.
func checkTemporal() error {
	client, err := engine.Dial(engine.Settings{})
	if err != nil {
		return errors.New("TEMPORAL_* non sono valide: " + oneLine(err))
	}
	client.Close()
	return nil
}

func checkAddress(name, addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	return fault(err != nil, name+" non è un indirizzo: serve host:porta")
}

// checkProxies refuses a list with one wrong network: a caller's address that comes from the wrong place is worse than none.
func (s Settings) checkProxies() error {
	_, err := parseNetworks(s.Proxies)
	return fault(err != nil, "DIMISSIONI_TRUSTED_PROXIES non è un elenco di reti separate da virgole, come 10.0.0.0/8,192.0.2.7")
}

// proxies are the networks whose X-Forwarded-For is believed.
func (s Settings) proxies() []netip.Prefix {
	networks, _ := parseNetworks(s.Proxies) // checked at start
	return networks
}

// parseNetworks reads networks and single addresses, separated by commas.
func parseNetworks(list string) ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			ip, err := netip.ParseAddr(text)
			if err != nil {
				return nil, err
			}
			network = netip.PrefixFrom(ip, ip.BitLen())
		}
		networks = append(networks, network)
	}
	return networks, nil
}

// webAddress accepts an address that is not set too.
func webAddress(text string) bool {
	u, err := url.Parse(text)
	return text == "" || err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

func fault(wrong bool, line string) error {
	if wrong {
		return errors.New(line)
	}
	return nil
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// NewDemoPassword is a password that can be typed from a screen.
func NewDemoPassword() string {
	text := strings.ToLower(rand.Text())
	return text[:4] + "-" + text[4:8] + "-" + text[8:12]
}
