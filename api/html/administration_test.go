package html

import "net/url"

// administrationSamples are the pages of administration.
func administrationSamples() []sample {
	line := UserLine{"/amministrazione/utenti/1", "Igea Ida", "ida@demo.test", "Igea", "ente", Badge{"danger", "bloccato"}}
	wrong := Form{Values: url.Values{"nome": {"Ida"}, "ruolo": {"sender"}}, Errors: []FieldError{{"email", "Esiste già."}}, Key: "k"}
	return []sample{
		onDesk("users", Users, UsersPage{Form: wrong, Lines: []UserLine{line}, Pager: Pager{26, 27, 80, "/amministrazione/utenti?pagina=1", ""}}, 1,
			"Igea Ida", "ida@demo.test", "bloccato", "80 account", "Da 26 a 27 di 80"),
		onDesk("users, none found", Users, UsersPage{Searched: true}, 1, "Nessun account con questo nome"),
		onDesk("user", User, UserPage{
			Name: "Igea Ida", Email: "ida@demo.test", Phone: "0373 1", Organisation: "Igea", Roles: []string{"ente, Dimissioni protette"},
			State: Badge{"success", "attivo"}, SecondFactor: true, BlockedUntil: wednesday.At(9, 0), LastLoginAt: wednesday.At(8, 0),
			Acts: []UserAct{{"/amministrazione/utenti/1/sblocca", "Sbloccare"}},
		}, 0, "ente, Dimissioni protette", "fino al mercoledì 02/12/2026 alle 09:00", "Sbloccare"),
		onDesk("user, bare", User, UserPage{Name: "Igea Ida"}, 0, "mai", "non attivo", "nessuno"),
		onDesk("invite", Invite, InvitePage{
			Form: wrong, Organisations: []Option{{"1", "Igea", ""}}, Roles: []Option{{"sender", "segnalante", ""}}, Programmes: []Option{{"2", "Cremasco", ""}},
		}, 1, "Esiste già.", "vale tre giorni", "segnalante", "Cremasco"),
		onDesk("confirm", Confirm, ConfirmPage{
			Title: "Chiudere l'account", Whose: "Igea Ida", Email: "ida@demo.test", Text: "Non entra più.", Label: "Chiudere", Action: "/a", Back: "/b",
			Form: Form{Errors: []FieldError{{"", "Segue casi aperti."}}},
		}, 1, "Igea Ida", "Non entra più.", "Segue casi aperti."),
		onDesk("audit", Audit, AuditPage{
			Form: Form{Values: url.Values{"azione": {"login"}}}, Newest: "/amministrazione/registro", Older: "/amministrazione/registro?prima=1",
			Lines: []AuditLine{
				{wednesday.At(9, 0), "Ada", "Igea Ida", "user_changed", []AuditDetail{{"roles", "sender@x"}}},
				{wednesday.At(8, 0), "Ada", "", "login", []AuditDetail{{"second_factor", "totp"}}},
				{wednesday.At(7, 0), "Sara", "", "referral_check", []AuditDetail{{"found", "true"}}},
			},
		}, 1, "Igea Ida", "account cambiato", "è entrato", "codice: dal telefono", "trovata: sì", "Prima di questi", "Dal più recente"),
		onDesk("audit, nothing", Audit, AuditPage{}, 1, "Niente, per ora"),
	}
}
