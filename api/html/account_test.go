package html

import "net/url"

// accountSamples are the pages of one's own account.
func accountSamples() []sample {
	wrong := Form{Values: url.Values{"email": {"a@demo.test"}}, Errors: []FieldError{{"totp", "Il codice non è corretto."}}}
	return []sample{
		onDesk("profile", Profile, ProfilePage{
			Name: "Carla Coordina", Email: "carla@demo.test", Phone: "0373 1", Organisation: "Partenariato",
			Roles: []string{"coordinatore, Dimissioni protette"}, SecondFactor: true,
			Programs: []Program{{"Gestionale", wednesday.At(9, 0), wednesday.At(21, 0), "/profilo/programmi/1/revoca"}},
		}, 1, "Carla Coordina", "coordinatore, Dimissioni protette", "attivo", "Gestionale", "mercoledì 02/12/2026 alle 21:00"),
		onDesk("profile, bare", Profile, ProfilePage{Must: true}, 0, "da attivare", "Nessun programma"),
		onDesk("own password", OwnPassword, OwnPasswordPage{Email: "a@demo.test"}, 1, "almeno 12 caratteri"),
		onDesk("forgotten", Forgotten, ForgottenPage{wrong}, 1, "Vale un'ora"),
		onDesk("forgotten, sent", ForgottenSent, HelpPage{"0373 000000", "8-18"}, 0, "Se all'indirizzo corrisponde un account", "0373 000000 (8-18)"),
		onDesk("forgotten, no number", ForgottenSent, HelpPage{}, 0, "si rivolga al coordinamento"),
		onDesk("second factor", SecondFactor, SecondFactorPage{Form: wrong, To: "/casi", Active: true}, 1, "Codice di adesso"),
		onDesk("second factor, compulsory", SecondFactor, SecondFactorPage{To: "/casi", Must: true}, 1, "lo attivi per continuare"),
		onDesk("new factor", NewFactor, NewFactorPage{To: "/casi", Secret: "ABCD EFGH", Picture: []byte("png")}, 1, "ABCD EFGH"),
		onDesk("new factor, wrong code", NewFactor, NewFactorPage{Form: wrong}, 1, "Il codice non è corretto.", "ricominci"),
		onDesk("recovery codes", RecoveryCodes, RecoveryCodesPage{[]string{"abcd-efgh"}, "/casi"}, 0, "abcd-efgh", "Si vedono solo adesso"),
	}
}
