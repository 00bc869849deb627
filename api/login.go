package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// tokenLife is how long a token lasts.
const tokenLife = 12 * time.Hour

var errCredentials = discharge.Refuse(discharge.KindUnauthenticated, "E-mail o password non corrette.")

// loginGuard makes guessing slow: few hashes at a time (64 MB each), few failures for an account and for an address.
// An account that does not exist costs and answers the same as one that does.
type loginGuard struct {
	hashing   chan struct{}
	accounts  *limiter
	addresses *limiter
}

func newLoginGuard() *loginGuard {
	return &loginGuard{
		hashing:   make(chan struct{}, max(2, runtime.GOMAXPROCS(0))),
		accounts:  newLimiter(5, 20*time.Second),
		addresses: newLimiter(50, 2*time.Second),
	}
}

// nobody is the hash that is compared when there is no account.
var nobody = sync.OnceValues(func() (string, error) { return HashPassword(rand.Text()) })

// HashPassword is how passwords are kept: argon2id.
func HashPassword(password string) (string, error) {
	hash, err := argon2id.CreateHash(password, &argon2id.Params{
		Memory: 64 * 1024, Iterations: 1, Parallelism: 2, SaltLength: 16, KeyLength: 32,
	})
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

type loginBody struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	TOTP     string `json:"totp"`
}

type userAnswer struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

type sessionAnswer struct {
	Token     string     `json:"token"`
	ExpiresAt time.Time  `json:"expires_at"`
	User      userAnswer `json:"user"`
}

func (s *server) login(c *gin.Context) error {
	var body loginBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	user, err := s.checkPassword(c, c.ClientIP(), body)
	if err != nil {
		return err
	}
	token, expires := rand.Text()+rand.Text(), s.now().Add(tokenLife).UTC().Truncate(time.Second)
	if err := s.store.CreateToken(c, user.ID, token, s.now(), expires); err != nil {
		return err
	}
	c.JSON(http.StatusOK, sessionAnswer{
		Token: token, ExpiresAt: expires, User: userAnswer{ID: user.ID, Name: user.Name, Email: user.Email},
	})
	return nil
}

// checkPassword finds the user, or refuses in the same words and time whatever was wrong.
func (s *server) checkPassword(ctx context.Context, address string, in loginBody) (postgres.User, error) {
	now, account := s.now(), accountKey(in.Email)
	if err := errors.Join(s.logins.accounts.look(account, now), s.logins.addresses.look(address, now)); err != nil {
		return postgres.User{}, err
	}
	found, err := s.store.Login(ctx, in.Email)
	exists := err == nil
	if err != nil && discharge.KindOf(err) != discharge.KindNotFound {
		return postgres.User{}, err
	}
	if !exists {
		if found.PasswordHash, err = nobody(); err != nil {
			return postgres.User{}, err
		}
	}
	match, err := s.logins.compare(ctx, in.Password, found.PasswordHash)
	if err != nil {
		return postgres.User{}, err
	}
	locked := found.LockedUntil != nil && found.LockedUntil.After(now)
	if !exists || !match || locked {
		return postgres.User{}, s.refuseLogin(ctx, account, address, found, exists && !locked)
	}
	s.logins.accounts.forget(account)
	if err := s.store.LoginSucceeded(ctx, found.UserID); err != nil {
		return postgres.User{}, err
	}
	if err := s.store.Audit(ctx, found.UserID, "login", "", nil); err != nil {
		return postgres.User{}, err
	}
	return s.store.User(ctx, found.UserID)
}

// refuseLogin counts the failure and refuses.
func (s *server) refuseLogin(ctx context.Context, account, address string, found postgres.Login, count bool) error {
	now := s.now()
	_ = s.logins.accounts.spend(account, now) // the next attempt looks
	_ = s.logins.addresses.spend(address, now)
	if count {
		if err := s.store.LoginFailed(ctx, found.UserID, now); err != nil {
			return err
		}
	}
	if err := s.store.Audit(ctx, found.UserID, "login_failed", "", nil); err != nil {
		return err
	}
	return errCredentials
}

// compare waits for its turn among the hashes under way.
func (g *loginGuard) compare(ctx context.Context, password, hash string) (bool, error) {
	select {
	case g.hashing <- struct{}{}:
		defer func() { <-g.hashing }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return match, nil
}

// accountKey keeps addresses out of memory: what is limited is their hash.
func accountKey(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(email))))
	return hex.EncodeToString(sum[:])
}

func (s *server) logout(c *gin.Context) error {
	token, _ := bearer(c)
	if err := s.store.RevokeToken(c, token); err != nil {
		return err
	}
	return noContent(c)
}

// authenticate lets in whoever holds a token in force.
func (s *server) authenticate() gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		token, ok := bearer(c)
		if !ok {
			c.Header("WWW-Authenticate", "Bearer")
			return errUnauthenticated
		}
		user, err := s.store.UserByToken(c, token, s.now())
		if discharge.KindOf(err) == discharge.KindUnauthenticated {
			c.Header("WWW-Authenticate", `Bearer error="invalid_token"`)
		}
		if err != nil {
			return err
		}
		c.Set(keySession, user)
		return nil
	})
}

// maxToken is longer than any token of ours.
const maxToken = 200

func bearer(c *gin.Context) (string, bool) {
	scheme, token, ok := strings.Cut(c.GetHeader("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != "" && len(token) <= maxToken
}

// sessionOf is who asks, once authenticated.
func sessionOf(c *gin.Context) (postgres.User, bool) {
	user, ok := c.Value(keySession).(postgres.User)
	return user, ok
}

// reader is who asks; routes behind authenticate always have one.
func reader(c *gin.Context) postgres.User {
	user, _ := sessionOf(c)
	return user
}
