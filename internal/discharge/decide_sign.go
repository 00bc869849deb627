package discharge

import "slices"

// planToSign is the version whose signatures are being collected: the pending one or, when none is pending, the one
// in force; 0 when there is no plan.
func (c Case) planToSign() int {
	if c.PlanPending != 0 {
		return c.PlanPending
	}
	return c.PlanInForce
}

// MissingSigners lists who has still to sign the pending plan or, when none is pending, the one in force: the
// coordinator, the case manager, the patient or the representative, and the caregiver when the plan asks
// something of the caregiver. DOMAIN, Signatures.
func (c Case) MissingSigners() []string {
	version := c.planToSign()
	plan, ok := c.plan(version)
	if !ok {
		return nil
	}
	var missing []string
	for _, signer := range []string{"coordinator", "case_manager", "patient", "caregiver"} {
		switch {
		case signer == "caregiver" && !plan.CaregiverPart:
		case c.signed(version, signer):
		case signer == "patient" && c.signed(version, "representative"):
		default:
			missing = append(missing, signer)
		}
	}
	return missing
}

// signed reports whether a signer has signed a version; a refusal is no signature.
func (c Case) signed(version int, signer string) bool {
	return slices.ContainsFunc(c.Signatures, func(s Signature) bool {
		return s.Version == version && s.Signer == signer && s.Method != "refused"
	})
}

func decideSign(t turn) (Decision, error) {
	f := t.cmd.Facts
	f.SignedOn = firstDate(f.SignedOn, t.cmd.On)
	if err := t.checkSignature(f); err != nil {
		return Decision{}, err
	}
	return Decision{Events: t.inForceWhenSigned(t.event(Signed, Facts{
		Signer: f.Signer, Method: f.Method, SignedOn: f.SignedOn, Version: t.c.planToSign(), Witnesses: f.Witnesses,
		Attachment: f.Attachment, HasReason: f.HasReason, HasTitle: f.HasTitle,
	}))}, nil
}

// checkSignature asks what each method asks for. DOMAIN, Signatures.
func (t turn) checkSignature(f Facts) error {
	signer := f.Signer
	if signer == "representative" {
		signer = "patient" // in whose place it signs
	}
	switch {
	case !slices.Contains(Signers, f.Signer):
		return Invalid("signer", "unknown", "Indichi chi firma.")
	case !slices.Contains(t.c.MissingSigners(), signer):
		return Invalid("signer", "not_applicable", "Questa firma non è richiesta, o c'è già.")
	case !slices.Contains(SignatureMethods, f.Method):
		return Invalid("method", "unknown", "Indichi come ha firmato.")
	case f.Signer == "representative" && !f.HasTitle:
		return Invalid("title", "required", "Indichi il titolo e l'atto di nomina del rappresentante.")
	}
	if err := t.happened("signed_on", f.SignedOn); err != nil {
		return err
	}
	return t.checkMethod(f)
}

func (t turn) checkMethod(f Facts) error {
	professional := f.Signer == "coordinator" || f.Signer == "case_manager"
	switch {
	case t.cmd.Actor.Role == RoleSignatory && (professional || f.Method != "link"):
		return Invalid("method", "not_applicable", "Dal collegamento firmano solo la persona assistita e la sua famiglia.")
	case f.Method == "verbal_witnessed" && professional:
		return Invalid("method", "not_applicable", "Riguarda solo la persona assistita e la sua famiglia.")
	case f.Method == "verbal_witnessed" && (!f.HasReason || f.Witnesses < 2):
		return Invalid("witnesses", "required", "Scriva perché non può firmare e chi sono le due persone che hanno sentito.")
	case f.Method == "incapable_no_representative" && f.Signer != "patient":
		return Invalid("method", "not_applicable", "Riguarda solo la firma della persona assistita.")
	case f.Method == "incapable_no_representative" && t.cmd.Actor.Role != RoleCoordinator:
		return Invalid("method", "not_applicable", "Ne risponde il coordinatore: lo può registrare solo lui.")
	case (f.Method == "incapable_no_representative" || f.Method == "refused") && !f.HasReason:
		return Invalid("reason", "required", "Scriva il motivo.")
	default:
		return nil
	}
}
