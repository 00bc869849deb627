package postgres

import (
	"encoding/json"
	"strings"
)

// searchable is a text without accents, apostrophes and case, so that names are found however they are typed.
func searchable(s string) string {
	return strings.Join(strings.Fields(folder.Replace(strings.ToLower(s))), " ")
}

var folder = strings.NewReplacer(
	"à", "a", "á", "a", "â", "a", "ã", "a", "ä", "a", "å", "a", "ă", "a", "ą", "a", "ç", "c", "č", "c", "ć", "c",
	"ď", "d", "đ", "d", "è", "e", "é", "e", "ê", "e", "ë", "e", "ę", "e", "ě", "e", "ğ", "g", "ì", "i", "í", "i",
	"î", "i", "ï", "i", "ł", "l", "ñ", "n", "ń", "n", "ň", "n", "ò", "o", "ó", "o", "ô", "o", "õ", "o", "ö", "o",
	"ø", "o", "ő", "o", "ř", "r", "ś", "s", "š", "s", "ș", "s", "ş", "s", "ť", "t", "ț", "t", "ţ", "t", "ù", "u",
	"ú", "u", "û", "u", "ü", "u", "ů", "u", "ű", "u", "ý", "y", "ÿ", "y", "ź", "z", "ž", "z", "ż", "z", "ß", "ss",
	"æ", "ae", "œ", "oe", "'", " ", "’", " ", "`", " ", "-", " ", ".", " ",
)

// asJSON writes a value that cannot fail: strings, numbers and structs of them.
func asJSON(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("postgres: value without JSON: " + err.Error())
	}
	return raw
}
