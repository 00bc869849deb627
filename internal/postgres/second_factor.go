package postgres

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"dimissioni/internal/discharge"
)

// issuer is the name under which an authenticator shows the codes. It says nothing of the service: a telephone is seen by
// others.
const issuer = "Dimissioni"

// How codes are made, as every authenticator knows it, and how many steps a telephone's clock may be off.
const (
	codeStep = 30 * time.Second
	codeSkew = 1
)

var codeOptions = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// TOTPKey is a new second factor, shown once.
type TOTPKey struct {
	Secret string // base32, to be typed
	URL    string // otpauth://…, to be shown as a QR code
}

var errNeedsPassword = discharge.Invalid("current_password", "required", "Serve la password attuale.")

// BeginSecondFactor makes a new second factor, which counts once [Store.ConfirmSecondFactor] has seen a code of it; the one
// in use goes on until then, and its code is asked for. The password is asked for again: a token alone is not
// enough.
func (s *Store) BeginSecondFactor(ctx context.Context, u User, in SignIn) (TOTPKey, error) {
	if in.Password == "" {
		return TOTPKey{}, errNeedsPassword
	}
	if err := s.confirmPassword(ctx, u, in); err != nil {
		return TOTPKey{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: u.Email})
	if err != nil {
		return TOTPKey{}, fmt.Errorf("make second factor: %w", err)
	}
	keyID := s.linkKeys.Current
	sealed, err := s.linkKeys.seal(keyID, u.ID, []byte(key.Secret()))
	if err != nil {
		return TOTPKey{}, fmt.Errorf("seal second factor: %w", err)
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := s.useCode(ctx, tx, u.ID, in.Code, in.Now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO second_factors (user_id, pending, key_id, secret, created_at) VALUES ($1, true, $2, $3, $4)
			ON CONFLICT (user_id, pending) DO UPDATE SET key_id = $2, secret = $3, last_step = 0, created_at = $4`,
			u.ID, keyID, sealed, in.Now)
		return err
	})
	if errors.Is(err, errCodeWrong) {
		return TOTPKey{}, s.wrongCode(ctx, u, in)
	}
	if err != nil {
		return TOTPKey{}, fmt.Errorf("begin second factor: %w", err)
	}
	return TOTPKey{Secret: key.Secret(), URL: key.URL()}, nil
}

// wrongCode counts a wrong code of somebody who is in already.
func (s *Store) wrongCode(ctx context.Context, u User, in SignIn) error {
	in.Email, in.Address = u.Email, network(in.Address)
	keys := failureKeys(in.Email, in.Address, true)
	err := s.turnAway(ctx, attempt{UserID: u.ID, keys: keys}, in, "code_not_confirmed")
	if discharge.KindOf(err) == discharge.KindUnauthenticated {
		return discharge.Invalid("totp", "wrong", "Il codice non è corretto.")
	}
	return err
}

// ConfirmSecondFactor puts the pending second factor in force and gives the recovery codes, shown once. A wrong code is a
// *discharge.Error on the field totp.
func (s *Store) ConfirmSecondFactor(ctx context.Context, u User, in SignIn) ([]string, error) {
	wait, err := s.mustWait(ctx, failureKeys(u.Email, network(in.Address), true), in.Now)
	if err != nil {
		return nil, err
	}
	if wait > 0 {
		return nil, &WaitError{
			Refusal: discharge.Refuse(discharge.KindRateLimited, "Troppi tentativi non riusciti: riprovi tra poco."), After: wait,
		}
	}
	var codes []string
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		pending, err := secondFactorOf(ctx, tx, u.ID, true)
		if err != nil {
			return err
		}
		step, ok, err := s.codeFits(pending, in.Code, in.Now)
		if err != nil {
			return err
		}
		if !ok {
			return errCodeWrong
		}
		if _, err := tx.Exec(ctx, `DELETE FROM second_factors WHERE user_id = $1 AND NOT pending`, u.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE second_factors SET pending = false, last_step = $2 WHERE user_id = $1`, u.ID, step); err != nil {
			return err
		}
		if codes, err = newRecoveryCodes(ctx, tx, u.ID); err != nil {
			return err
		}
		return audit(ctx, tx, u.ID, "second_factor_enrolled", u.ID, nil)
	})
	switch {
	case errors.Is(err, errCodeWrong):
		return nil, s.wrongCode(ctx, u, in)
	case errors.Is(err, pgx.ErrNoRows):
		return nil, discharge.Refuse(discharge.KindNotAllowed, "Prima si richiede un nuovo secondo fattore.")
	case err != nil:
		return nil, fmt.Errorf("confirm second factor: %w", err)
	}
	return codes, nil
}

const recoveryCodes = 10

// newRecoveryCodes replaces the codes for when the telephone is lost: 80 bits each, once.
func newRecoveryCodes(ctx context.Context, tx pgx.Tx, userID string) ([]string, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM recovery_codes WHERE user_id = $1`, userID); err != nil {
		return nil, err
	}
	codes := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = NewPassword()
		_, err := tx.Exec(ctx, `INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2)`, userID, hashOf(plainCode(codes[i])))
		if err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// plainCode is a code as people type it, without the signs between.
func plainCode(typed string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(typed))
}

// secondFactor is what a code is judged by.
type secondFactor struct {
	UserID   string
	KeyID    string
	Secret   []byte // sealed
	LastStep int64
}

func secondFactorOf(ctx context.Context, tx pgx.Tx, userID string, pending bool) (secondFactor, error) {
	return row[secondFactor](ctx, tx, `
		SELECT user_id, key_id, secret, last_step FROM second_factors WHERE user_id = $1 AND pending = $2 FOR UPDATE`, userID, pending)
}

// useCode uses up a code of an account and says what kind it was, "none" for an account without a second factor. A
// code counts once. The error is errCodeWrong when it does not fit.
func (s *Store) useCode(ctx context.Context, tx pgx.Tx, userID, typed string, now time.Time) (with string, err error) {
	factor, err := secondFactorOf(ctx, tx, userID, false)
	if errors.Is(err, pgx.ErrNoRows) {
		return "none", nil
	}
	if err != nil {
		return "", fmt.Errorf("read second factor: %w", err)
	}
	step, ok, err := s.codeFits(factor, typed, now)
	if err != nil {
		return "", err
	}
	if ok {
		return "totp", s.spend(ctx, tx, factor, step)
	}
	tag, err := tx.Exec(ctx, `UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND hash = $2 AND used_at IS NULL`,
		userID, hashOf(plainCode(typed)), now)
	if err != nil {
		return "", fmt.Errorf("use recovery code: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return "", errCodeWrong
	}
	return "recovery_code", nil
}

// spend makes a step's code and those before it void. A secret under an old key of the ring is sealed again.
func (s *Store) spend(ctx context.Context, tx pgx.Tx, f secondFactor, step int64) error {
	secret, err := s.linkKeys.unseal(f.KeyID, f.UserID, f.Secret)
	if err != nil {
		return fmt.Errorf("open second factor: %w", err)
	}
	if f.KeyID != s.linkKeys.Current {
		if f.Secret, err = s.linkKeys.seal(s.linkKeys.Current, f.UserID, secret); err != nil {
			return fmt.Errorf("seal second factor: %w", err)
		}
	}
	_, err = tx.Exec(ctx, `
		UPDATE second_factors SET last_step = $2, key_id = $3, secret = $4 WHERE user_id = $1 AND NOT pending`,
		f.UserID, step, s.linkKeys.Current, f.Secret)
	if err != nil {
		return fmt.Errorf("spend code: %w", err)
	}
	return nil
}

// codeFits finds the step whose code was typed, among those that have not been used. A secret whose key has left the ring
// fits nothing: recovery codes do, or an administrator's reset.
func (s *Store) codeFits(f secondFactor, typed string, now time.Time) (step int64, ok bool, err error) {
	secret, err := s.linkKeys.unseal(f.KeyID, f.UserID, f.Secret)
	if err != nil {
		return 0, false, nil //nolint:nilerr // see above
	}
	current := now.Unix() / int64(codeStep/time.Second)
	for at := current - codeSkew; at <= current+codeSkew; at++ {
		fits, err := hotp.ValidateCustom(plainCode(typed), uint64(max(0, at)), string(secret), codeOptions)
		if err != nil && !errors.Is(err, otp.ErrValidateInputInvalidLength) {
			return 0, false, errors.New("check code") // the cause may hold the secret
		}
		if fits && at > f.LastStep {
			step, ok = at, true
		}
	}
	return step, ok, nil
}

// purposeFactor is what the key of second factors is derived for. A change of these words loses them all.
const purposeFactor = "second factors"

func (k LinkKeys) aead(keyID string) (cipher.AEAD, error) {
	if k.Derive == nil {
		return nil, errors.New("no keys")
	}
	key, err := k.Derive(keyID, purposeFactor)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errors.New("not an AES key")
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal hides a secret of an account under a key of the ring.
func (k LinkKeys) seal(keyID, userID string, secret []byte) ([]byte, error) {
	aead, err := k.aead(keyID)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, secret, []byte(userID)), nil //nolint:gosec // G407: this AEAD makes its own random nonce
}

func (k LinkKeys) unseal(keyID, userID string, sealed []byte) ([]byte, error) {
	aead, err := k.aead(keyID)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, nil, sealed, []byte(userID))
}
