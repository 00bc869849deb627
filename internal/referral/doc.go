// Package referral is the scheda di segnalazione as a document: the names, addresses and words that a ward sends, which
// the rules of package discharge never see. It reads the document strictly ([Decode]), makes it uniform
// ([Referral.Normalise]), refuses what cannot be sent ([Referral.Validate]), remarks what looks wrong
// ([Referral.Warnings]), lists what may still come ([Missing]) and takes in what comes later ([Merge]).
//
// Three marks of DOMAIN, "People, forms, records": R1 is what must be there to send, and is refused when it is not; R2 is
// what must be there before the start, and becomes a visible task; O is welcome when known.
//
// A Referral is health data: it belongs to Postgres and to the pages of whoever may read it. It prints and logs as a
// constant, and no error of this package repeats a value.
package referral
