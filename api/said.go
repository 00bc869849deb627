package api

import (
	"encoding/json"
	"strings"
	"unicode"

	"dimissioni/internal/strictjson"
)

// What API.md leaves open is read generously: one for a list, a name for an object, the documents' Italian for our
// codes. What is meant by none of them is for the rules to refuse.

// followUps is what follows the end: a list of codes, or one.
type followUps []string

// UnmarshalJSON reads a list of codes, or one, in our words or in those of DOMAIN.
func (f *followUps) UnmarshalJSON(data []byte) error {
	var given []string
	if strings.HasPrefix(string(data), `"`) {
		given = make([]string, 1)
		if err := strictjson.DecodeBytes(data, &given[0]); err != nil {
			return err
		}
	} else if err := strictjson.DecodeBytes(data, &given); err != nil {
		return err
	}
	*f = nil
	for _, code := range given {
		*f = append(*f, synonym(code, followUpSynonyms))
	}
	return nil
}

// presence is who was there: a name, or an object with role and name.
type presence string

// UnmarshalJSON reads either.
func (p *presence) UnmarshalJSON(data []byte) error {
	if strings.HasPrefix(string(data), `"`) {
		return strictjson.DecodeBytes(data, (*string)(p))
	}
	var who struct {
		Role string `json:"role"`
		Name string `json:"name"`
	}
	err := strictjson.DecodeBytes(data, &who)
	*p = presence(strings.Trim(who.Role+", "+who.Name, ", "))
	return err
}

// goalsOutcome is what became of the goals, as it was written: texts, or objects with area, outcome and note.
type goalsOutcome []json.RawMessage

var (
	invitedSynonyms = map[string]string{
		"hospital": "hospital_contact", "sender": "hospital_contact", "social_worker": "municipality",
	}
	suspensionSynonyms = map[string]string{ // SIAD
		"1": "hospital", "ricovero": "hospital", "2": "away", "allontanamento": "away", "3": "residence",
		"struttura_residenziale": "residence", "4": "administrative", "amministrativa": "administrative",
		"5": "voluntary", "assenza_volontaria": "voluntary", "9": "other", "altro": "other",
	}
	followUpSynonyms = map[string]string{
		"servizio_sociale_del_comune": "social_service", "servizio_sociale": "social_service", "c_dom": "cdom",
		"misura_b1": "b1", "pro_vi": "provi", "pasti": "meals", "struttura_di_accoglienza": "shelter",
		"assistente_familiare_privata": "private_assistant", "niente": "nothing",
	}
)

// synonym is the code that a word stands for, or the word itself as codes are written.
func synonym(word string, synonyms map[string]string) string {
	code := strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '_'
	}, word), "_")
	if ours, ok := synonyms[code]; ok {
		return ours
	}
	return code
}
