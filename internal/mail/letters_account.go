package mail

import "dimissioni/internal/discharge"

// accountLetters are about the reader's own account, and name no case.
var accountLetters = book{
	discharge.MomentPasswordLink: func(Message) letter {
		return letter{
			subject: "scegliere la password",
			what:    "Per il Suo account è stato chiesto di scegliere una password: la prima, o una nuova.",
			todo: "Apra il collegamento e scelga la password. Se non se l'aspettava, non faccia nulla e avvisi il coordinamento: " +
				"nessuno può sceglierla al Suo posto.",
			action: "Scegliere la password",
		}
	},
}
