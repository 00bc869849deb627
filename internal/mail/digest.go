package mail

import (
	"strings"

	"dimissioni/internal/discharge"
)

// digest lists what has been missed, case by case.
func digest(m Message) letter {
	l := letter{
		subject: "riepilogo" + digestDay(m) + ": " + count(len(m.Items), "un termine scaduto", "termini scaduti"),
		what:    "Ecco che cosa è scaduto nelle pratiche che segue, pratica per pratica.",
		todo: "Apra ogni pratica e faccia o faccia fare quello che manca. Una voce esce dal riepilogo quando il fatto è " +
			"registrato.",
		action: "Aprire l'elenco delle pratiche",
	}
	for _, item := range m.Items {
		last := len(l.list) - 1
		if last < 0 || l.list[last].Head != "Pratica "+item.CaseCode {
			l.list = append(l.list, entry{Head: "Pratica " + item.CaseCode, Link: item.Link})
			last++
		}
		d := dutyOf(item.Clock, m)
		line := d.missed + signers(item)
		if !item.DueOn.IsZero() {
			line += ", scadeva " + day(item.DueOn)
		}
		l.list[last].Lines = append(l.list[last].Lines, upperFirst(line)+".")
	}
	return l
}

// signers says, by their part in the case, who has not signed.
func signers(item DigestItem) string {
	if len(item.Signers) == 0 {
		return ""
	}
	parts := make([]string, len(item.Signers))
	for i, signer := range item.Signers {
		parts[i] = discharge.SignerItalian(signer)
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func digestDay(m Message) string {
	if m.On.IsZero() {
		return ""
	}
	return " del " + m.On.Italian()
}
