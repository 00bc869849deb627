package postgres

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// hashMemory is what one hash takes, in KiB.
const hashMemory = 64 * 1024

// HashPassword is how passwords are kept: argon2id. Spaces before and after are nobody's, they come with copying.
func HashPassword(password string) (string, error) {
	hash, err := argon2id.CreateHash(strings.TrimSpace(password), &argon2id.Params{
		Memory: hashMemory, Iterations: 1, Parallelism: 2, SaltLength: 16, KeyLength: 32,
	})
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// PasswordMatches reports whether a password is the one of a hash.
func PasswordMatches(password, hash string) (bool, error) {
	match, err := argon2id.ComparePasswordAndHash(strings.TrimSpace(password), hash)
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return match, nil
}

// nobody is the hash that is compared when there is no account, so that it takes as long.
var nobody = sync.OnceValues(func() (string, error) { return HashPassword(rand.Text()) })

// hashing lets few hashes go on at a time.
type hashing chan struct{}

// hashingPatience is how long a hash may wait for its turn.
const hashingPatience = 10 * time.Second

func newHashing() hashing { return make(hashing, max(2, runtime.GOMAXPROCS(0))) }

// enter waits for a turn, which the caller gives back by calling leave.
func (h hashing) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h <- struct{}{}:
		return func() { <-h }, nil
	case <-time.After(hashingPatience):
		return nil, &WaitError{
			Refusal: discharge.Refuse(discharge.KindUnavailable, "Troppi accessi insieme: riprovi tra poco."), After: hashingPatience,
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash hashes a password in its turn.
func (s *Store) hash(ctx context.Context, password string) (string, error) {
	leave, err := s.hashing.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return HashPassword(password)
}

// The lengths of a password, in characters.
const (
	minPassword = 12
	maxPassword = 200
)

// commonPasswords are those that everybody tries first and that are long enough otherwise, without what is not a letter
// or a digit.
var commonPasswords = []string{
	"123456789012", "1234567890123", "12345678901234", "123456123456", "qwertyuiop12", "qwertyuiop123", "qwerty123456", "qwertyqwerty",
	"password1234", "password12345", "password123456", "passwordpassword", "passw0rd1234", "administrator", "amministratore",
	"1q2w3e4r5t6y", "1qaz2wsx3edc", "abcdefghijkl", "abcdef123456", "abc123abc123", "iloveyou1234", "letmein12345", "welcome12345",
	"benvenuto123", "benvenuto1234", "cambiami1234", "cambiami12345", "ciaociaociao", "provaprovaprova", "juventus1234",
	"forzainter12", "forzajuventus", "forzamilan12", "andreaandrea", "francescofrancesco", "ospedale1234", "ospedale12345",
	"dimissioniprotette", "dimissioni123", "dimissioni1234", "cremacrema12", "coordinatore", "coordinatrice", "casemanager1",
}

// CheckPassword says what is wrong with a new password of the account of an e-mail: how it is composed is not asked. The
// error is a *discharge.Error on the field password.
func CheckPassword(email, password string) error {
	password = strings.TrimSpace(password)
	plain := strings.ToLower(strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, password))
	local, _, _ := strings.Cut(normalEmail(email), "@")
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return discharge.Invalid("password", "too_short", fmt.Sprintf("La password deve avere almeno %d caratteri.", minPassword))
	case n > maxPassword:
		return discharge.Invalid("password", "too_long", fmt.Sprintf("La password può avere al massimo %d caratteri.", maxPassword))
	case strings.EqualFold(password, normalEmail(email)),
		len(local) >= minPassword && strings.EqualFold(password, local):
		return discharge.Invalid("password", "same_as_email", "La password non può essere l'indirizzo di posta.")
	case slices.Contains(commonPasswords, plain), oneCharacter(plain):
		return discharge.Invalid("password", "too_common", "Questa password è tra le prime che chiunque proverebbe: ne scelga un'altra.")
	default:
		return nil
	}
}

// oneCharacter reports whether a text says the same character again and again.
func oneCharacter(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return strings.Trim(text, string(first)) == ""
}

// NewPassword makes a password that can be typed from a screen: 80 bits.
func NewPassword() string {
	text := strings.ToLower(rand.Text())
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:16]
}

// ChangePassword replaces an account's password by its owner, who says the present one, and ends every session.
func (s *Store) ChangePassword(ctx context.Context, u User, in SignIn, password string) error {
	if err := CheckPassword(u.Email, password); err != nil {
		return err
	}
	if err := s.confirmPassword(ctx, u, in); err != nil {
		return err
	}
	return s.setPassword(ctx, u.ID, u.ID, "password_changed", password)
}

// SetPassword replaces an account's password from the command line and ends every session.
func (s *Store) SetPassword(ctx context.Context, by string, u User, password string) error {
	if err := CheckPassword(u.Email, password); err != nil {
		return err
	}
	return s.setPassword(ctx, by, u.ID, "password_reset", password)
}

func (s *Store) setPassword(ctx context.Context, by, userID, action, password string) error {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.administer(ctx, by, userID, action, func(ctx context.Context, tx pgx.Tx, u User) error {
		return replacePassword(ctx, tx, u, hash)
	})
}

// replacePassword stores a new hash, forgets the failures with the old one, voids the links that would set another, and
// ends every session.
func replacePassword(ctx context.Context, tx pgx.Tx, u User, hash string) error {
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`UPDATE users SET password_hash = $2 WHERE id = $1`, []any{u.ID, hash}},
		{`DELETE FROM login_failures WHERE user_id = $1 OR kind = 'account' AND key = $2`, []any{u.ID, hashOf(u.Email)}},
		{`UPDATE password_links SET revoked_at = now() WHERE user_id = $1 AND used_at IS NULL AND revoked_at IS NULL`, []any{u.ID}},
	} {
		if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
			return err
		}
	}
	return signOut(ctx, tx, u.ID)
}
