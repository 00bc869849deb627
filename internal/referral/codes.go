package referral

// The codes that the fields accept. Figures, levels and whom to share with are those of package discharge.
var (
	Sexes             = []string{"M", "F"}
	Housings          = []string{HousingStable, HousingPrecarious, HousingHomeless}
	StayKinds         = []string{"ward", "emergency", "observation", "intermediate", "subacute", "rehabilitation"}
	InfectiousAnswers = []string{"no", "yes", "unknown"}
	Devices           = []string{"catheter", "peg", "oxygen", "other"}
	TriageLetters     = []string{"A", "B", "C", "D"}
	Channels          = []string{"email", "sms", "phone", "paper", "none"}
	Willings          = []Willing{WillingYes, WillingNotYet, WillingNo}
)

// How the person is housed.
const (
	HousingStable     = "stable"
	HousingPrecarious = "precarious" // precarietà abitativa
	HousingHomeless   = "homeless"   // senza dimora
)

// Willing is whether the person wants the path.
type Willing string

// The answers. In JSON true is yes, false is no, and "not_asked" is not_yet.
const (
	WillingYes    Willing = "yes"
	WillingNotYet Willing = "not_yet" // not asked yet
	WillingNo     Willing = "no"
)

// Audience is a list of discharge.ShareWith codes: nil is not answered, empty is nobody. In JSON one code may stand
// without its list; early_notice also takes true, everybody of consent.share_with, and false, nobody.
type Audience []string

// Codes is a list of codes: nil is not answered, empty is none. In JSON one code may stand without its list.
type Codes []string

// Lines is a list of short texts: nil is not answered, empty is none. In JSON one text may stand without its list.
type Lines []string

// Text is a note. In JSON it may be a list of texts, which becomes one line each.
type Text string
