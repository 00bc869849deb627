package strictjson

import "unicode"

// Hidden says that a character shows nothing, or changes the order or the lines of what stands around it: what is read
// would not be what is kept, and a name with one in it would not be found again. The two joiners are not among them,
// since names in some scripts need them, nor is the soft hyphen, which only says where a word may be broken.
func Hidden(r rune) bool {
	return r > unicode.MaxLatin1 && unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp,
		unicode.Noncharacter_Code_Point, invisible)
}

var invisible = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x180e, Hi: 0x180e, Stride: 1}, // Mongolian vowel separator
		{Lo: 0x200b, Hi: 0x200b, Stride: 1}, // space of no width
		{Lo: 0x2060, Hi: 0x206f, Stride: 1}, // word joiner, operators, isolates, formats of long ago
		{Lo: 0xfeff, Hi: 0xfeff, Stride: 1}, // byte order mark
		{Lo: 0xfff9, Hi: 0xfffb, Stride: 1}, // annotations
	},
	R32: []unicode.Range32{{Lo: 0xe0000, Hi: 0xe007f, Stride: 1}}, // tags
}
