package referral

import (
	"slices"
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/strictjson"
	"dimissioni/internal/taxcode"
)

// Normalise makes the referral uniform, to be called before Validate: spaces trimmed and, but in notes, collapsed; codes
// in the case they are kept in; separators in telephone numbers as spaces; repeated codes once; birth date and sex from
// the tax code when they are not given. What is overtaken goes: the reason why there is no code when there is one, the
// day still expected when the person is already home. Doing it again changes nothing.
func (r *Referral) Normalise(now time.Time) {
	today := calendar.DateOf(now)
	for _, f := range r.fields() {
		*f.at = f.shape.uniform(*f.at)
	}
	if c := r.Network.Caregiver; c != nil {
		c.Channel = channel(c.Channel)
	}
	r.nameEverybody() // read by another than Decode
	r.EarlyNotice = once(r.EarlyNotice)
	r.Consent.ShareWith = once(r.Consent.ShareWith)
	r.Stay.Devices = once(r.Stay.Devices)
	r.Needs.Figures = once(r.Needs.Figures)
	r.Network.ActiveServices = r.Network.ActiveServices.tidy()
	if r.Stay.AlreadyHome && r.Stay.ExpectedDischargeOn.After(today) {
		r.Stay.ExpectedDischargeOn = calendar.Date{}
	}
	if r.Patient.TaxCode != "" || r.Patient.STPCode != "" {
		r.Patient.NoCodeReason = ""
	}
	r.Patient.derive(today)
}

// derive fills in what the tax code tells.
func (p *Patient) derive(today calendar.Date) {
	code, err := taxcode.Parse(p.TaxCode)
	if err != nil {
		return
	}
	if p.BirthDate.IsZero() {
		p.BirthDate = code.Birth(today)
	}
	if p.Sex == "" {
		p.Sex = code.Sex()
	}
}

// uniform is the text as it is kept.
func (s shape) uniform(text string) string {
	switch s {
	case note:
		return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	case upper, fiscal, agency:
		return strings.Join(strings.Fields(strings.Map(capital, visible(text))), "")
	case lower:
		return strings.ToLower(strings.TrimSpace(text))
	case phone:
		text = separators.Replace(visible(text))
	case email, istat:
		text = visible(text)
	case line, name:
	}
	return strings.Join(strings.Fields(text), " ")
}

// capital leaves alone what is not ASCII: unicode makes a Latin letter of some that are not.
func capital(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}

// separators are what people write between the digits of a telephone number.
var separators = strings.NewReplacer("/", " ", "-", " ", ".", " ", "(", " ", ")", " ")

// visible is the text without marks that nobody sees and that come along when a number or an address is copied.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if strictjson.Hidden(r) {
			return -1
		}
		return r
	}, text)
}

// channel is the code of a channel under another name.
func channel(code string) string {
	switch code {
	case "mail", "e-mail":
		return "email"
	case "telephone", "telefono":
		return "phone"
	case "post", "letter":
		return "paper"
	default:
		return code
	}
}

// once is the list with each code in small letters and once. Nil stays nil.
func once[L ~[]C, C ~string](codes L) L {
	var tidy L
	if codes != nil {
		tidy = L{}
	}
	for _, c := range codes {
		c = C(strings.ToLower(strings.TrimSpace(string(c))))
		if c != "" && !slices.Contains(tidy, c) {
			tidy = append(tidy, c)
		}
	}
	return tidy
}

// tidy is the list without empty lines. When nothing else was in it, nothing was answered.
func (l Lines) tidy() Lines {
	if len(l) == 0 {
		return l
	}
	var tidy Lines
	for _, text := range l {
		if text = line.uniform(text); text != "" {
			tidy = append(tidy, text)
		}
	}
	return tidy
}
