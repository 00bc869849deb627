package api

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/postgres"
)

// What an administrator of the system does for the accounts. Passwords are never theirs to know: people get a link.

type accountAnswer struct {
	ID             string           `json:"id"`
	Email          string           `json:"email"`
	Name           string           `json:"name"`
	Phone          string           `json:"phone,omitempty"`
	OrganisationID string           `json:"organisation_id"`
	Organisation   string           `json:"organisation"`
	Roles          []postgres.Grant `json:"roles"`
	Active         bool             `json:"active"`
	Invited        bool             `json:"invited"` // has not set a password yet
	SecondFactor   bool             `json:"second_factor"`
	BlockedUntil   *time.Time       `json:"blocked_until"`
	LastLoginAt    *time.Time       `json:"last_login_at"`
}

func accountOf(a postgres.Account) accountAnswer {
	roles := a.Grants
	if roles == nil {
		roles = []postgres.Grant{}
	}
	return accountAnswer{
		a.ID, a.Email, a.Name, a.Phone, a.OrganisationID, a.OrganisationName, roles, a.Active, !a.HasPassword,
		a.SecondFactor, a.BlockedUntil, a.LastLoginAt,
	}
}

func (s *server) listAccounts(c *gin.Context) error {
	list, err := s.store.Accounts(c, "", s.now())
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, each(list, accountOf), func(a accountAnswer) string { return a.ID })
}

// sendAccount answers with an account as it is now.
func (s *server) sendAccount(c *gin.Context, status int, id string) error {
	a, err := s.account(c, id)
	if err != nil {
		return err
	}
	c.JSON(status, accountOf(a))
	return nil
}

// account is one as an administrator sees it.
func (s *server) account(c *gin.Context, id string) (postgres.Account, error) {
	u, err := s.store.User(c, id)
	if err != nil {
		return postgres.Account{}, err
	}
	list, err := s.store.Accounts(c, u.Email, s.now())
	if err != nil {
		return postgres.Account{}, err
	}
	if len(list) == 0 {
		return postgres.Account{}, errNotFound
	}
	return list[0], nil
}

type newUserBody struct {
	Email          string           `json:"email"`
	Name           string           `json:"name"`
	Phone          string           `json:"phone"`
	OrganisationID string           `json:"organisation_id"`
	Roles          []postgres.Grant `json:"roles"`
}

// addUser makes an account and sends its owner the link with which to choose a password.
func (s *server) addUser(c *gin.Context) error {
	in, err := s.newCommand(c, "add_user")
	if err != nil {
		return err
	}
	var body newUserBody
	if err := s.read(in.Body, c, &body); err != nil {
		return err
	}
	id, err := s.createAccount(c, in, body)
	if err != nil {
		return err
	}
	return s.sendAccount(c, http.StatusCreated, id)
}

// createAccount makes an account of a body that has been judged, once for a key.
func (s *server) createAccount(c *gin.Context, in postgres.NewCommand, body newUserBody) (string, error) {
	return s.once(c, in, func(id string) error {
		_, err := s.store.CreateUser(c, reader(c).ID, postgres.NewUser{
			ID: id, Email: body.Email, Name: body.Name, Phone: body.Phone, OrganisationID: body.OrganisationID, Grants: body.Roles,
		})
		if err != nil {
			return err
		}
		return s.sendPasswordLink(c, id, postgres.PasswordInvitation)
	})
}

// sendPasswordLink makes a link and has it mailed; an engine that is away sends it later.
func (s *server) sendPasswordLink(c *gin.Context, userID string, reason postgres.PasswordReason) error {
	link, err := s.store.NewPasswordLink(c, reader(c).ID, userID, reason, s.now())
	if err != nil {
		return err
	}
	if err := s.engine.SendPasswordLetter(c, link); err != nil {
		s.log.WarnContext(c, "password letter not started: the reconciliation will find it", "cause", cause(err))
	}
	return nil
}

type userChangeBody struct {
	Name           *string           `json:"name"`
	Phone          *string           `json:"phone"`
	OrganisationID *string           `json:"organisation_id"`
	Roles          *[]postgres.Grant `json:"roles"`
}

func (s *server) changeUser(c *gin.Context) error {
	var body userChangeBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	err := s.store.ChangeUser(c, reader(c).ID, c.Param("id"), postgres.UserChange{
		Name: body.Name, Phone: body.Phone, OrganisationID: body.OrganisationID, Grants: body.Roles,
	})
	if err != nil {
		return err
	}
	return s.sendAccount(c, http.StatusOK, c.Param("id"))
}

// forUser makes the handler of an act on an account, which answers with the account.
func (s *server) forUser(act func(*postgres.Store, *gin.Context, string, string) error) gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		if err := s.noteAlone(c); err != nil {
			return err
		}
		if err := act(s.store, c, reader(c).ID, c.Param("id")); err != nil {
			return err
		}
		return s.sendAccount(c, http.StatusOK, c.Param("id"))
	})
}

// noteAlone reads the body of an act that says all with its name, where it may have one.
func (s *server) noteAlone(c *gin.Context) error {
	if s.contract.bodies[c.Request.Method+" "+c.FullPath()] == nil {
		return nil
	}
	return s.body(c, &nothing{})
}

func deactivateUser(store *postgres.Store, c *gin.Context, by, id string) error {
	return store.Deactivate(c, by, id)
}

func reactivateUser(store *postgres.Store, c *gin.Context, by, id string) error {
	return store.Reactivate(c, by, id)
}

func unlockUser(store *postgres.Store, c *gin.Context, by, id string) error {
	return store.Unlock(c, by, id)
}

func resetSecondFactor(store *postgres.Store, c *gin.Context, by, id string) error {
	return store.ResetSecondFactor(c, by, id)
}

func signOutUser(store *postgres.Store, c *gin.Context, by, id string) error {
	return store.SignOutEverywhere(c, by, id)
}

// resetUserPassword mails a link with which to choose a new password; the sessions end at once. Who has never had a
// password is invited again.
func (s *server) resetUserPassword(c *gin.Context) error {
	if err := s.noteAlone(c); err != nil {
		return err
	}
	a, err := s.account(c, c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.sendNewPassword(c, a); err != nil {
		return err
	}
	return s.sendAccount(c, http.StatusAccepted, a.ID)
}

// sendNewPassword mails a link to the owner of an account.
func (s *server) sendNewPassword(c *gin.Context, a postgres.Account) error {
	reason := postgres.PasswordReset
	if !a.HasPassword {
		reason = postgres.PasswordInvitation
	}
	return s.sendPasswordLink(c, a.ID, reason)
}
