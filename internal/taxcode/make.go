package taxcode

import (
	"fmt"
	"strings"

	"dimissioni/internal/calendar"
)

// Make is the code that the decree gives to such a person, without omocodia: for demo data and tests, since only the
// Agenzia delle Entrate assigns codes. Sex is "M" or "F", cadastral is that of the place of birth. The zero Code when the
// arguments cannot make one.
func Make(family, given string, birth calendar.Date, sex, cadastral string) Code {
	if !exists(birth) || birth.Year < 0 || (sex != "M" && sex != "F") {
		return Code{}
	}
	day := birth.Day
	if sex == "F" {
		day += femaleDay
	}
	text := familyLetters(family) + givenLetters(given) +
		fmt.Sprintf("%02d%c%02d", birth.Year%100, months[birth.Month-1], day) + upper(cadastral)
	if len(text) != len(pattern)-1 {
		return Code{}
	}
	for i := range len(text) {
		if !isLetter(text[i]) && !isDigit(text[i]) {
			return Code{}
		}
	}
	code, err := Parse(text + string(checkLetter(text)))
	if err != nil {
		return Code{}
	}
	return code
}

// NameMatches says that the names can be those of the code. An empty name is not compared; a provisional or zero Code
// matches every name. It is false also for a woman written under her husband's name, since the code has her own.
func (c Code) NameMatches(family, given string) bool {
	if !c.personal() {
		return true
	}
	return (family == "" || familyLetters(family) == c.text[:3]) && (given == "" || givenLetters(given) == c.text[3:6])
}

// familyLetters are the first three consonants; when they are not enough the vowels follow, then X.
func familyLetters(name string) string {
	consonants, vowels := split(name)
	return (consonants + vowels + "XXX")[:3]
}

// givenLetters are as in the family name, but of four consonants or more the second is skipped.
func givenLetters(name string) string {
	consonants, vowels := split(name)
	if len(consonants) > 3 {
		consonants = consonants[:1] + consonants[2:]
	}
	return (consonants + vowels + "XXX")[:3]
}

// split gives the consonants and the vowels of all the words of a name, in their order. Apostrophes, spaces, hyphens and
// letters without a Latin form are left out.
func split(name string) (consonants, vowels string) {
	for _, r := range latin.Replace(strings.ToUpper(name)) {
		switch {
		case strings.ContainsRune("AEIOU", r):
			vowels += string(r)
		case 'A' <= r && r <= 'Z':
			consonants += string(r)
		}
	}
	return consonants, vowels
}

// latin writes letters with marks in the 26 of the code (Agenzia delle Entrate, circular 34/E of 20 July 2011): the mark is
// dropped, but for the letters that are written with two.
var latin = strings.NewReplacer(
	"Ä", "AE", "Æ", "AE", "Å", "AA", "Ö", "OE", "Ø", "OE", "Œ", "OE", "Ü", "UE", "ß", "SS", "ẞ", "SS", "Þ", "TH",
	"À", "A", "Á", "A", "Â", "A", "Ã", "A", "Ā", "A", "Ă", "A", "Ą", "A",
	"Ç", "C", "Ć", "C", "Č", "C", "Ď", "D", "Đ", "D", "Ð", "D",
	"È", "E", "É", "E", "Ê", "E", "Ë", "E", "Ē", "E", "Ė", "E", "Ę", "E", "Ě", "E",
	"Ğ", "G", "Ģ", "G", "Ì", "I", "Í", "I", "Î", "I", "Ï", "I", "Ī", "I", "İ", "I",
	"Ķ", "K", "Ł", "L", "Ļ", "L", "Ľ", "L", "Ñ", "N", "Ń", "N", "Ň", "N", "Ņ", "N",
	"Ò", "O", "Ó", "O", "Ô", "O", "Õ", "O", "Ō", "O", "Ő", "O", "Ŕ", "R", "Ř", "R",
	"Ś", "S", "Š", "S", "Ş", "S", "Ș", "S", "Ţ", "T", "Ț", "T", "Ť", "T",
	"Ù", "U", "Ú", "U", "Û", "U", "Ū", "U", "Ů", "U", "Ű", "U", "Ý", "Y", "Ÿ", "Y",
	"Ź", "Z", "Ż", "Z", "Ž", "Z",
)
