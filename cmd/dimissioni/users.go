package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"dimissioni/internal/app"
)

type userCommand struct {
	Add           userAdd           `cmd:"" help:"Make an account."`
	List          userList          `cmd:"" help:"Show every account, a line each."`
	Deactivate    userDeactivate    `cmd:"" help:"Close an account; its cases must have been handed over."`
	ResetPassword userResetPassword `cmd:"" help:"Give an account a new password and end its sessions."`
	Unlock        userUnlock        `cmd:"" help:"Forget the wrong passwords of an account."`
}

// secret is where a password comes from: never the command line, which others on the machine can read.
type secret struct {
	Generate bool `help:"Make a password and print it once; otherwise it is the first line of standard input."`
}

// read gives the password.
func (s secret) read() (string, error) {
	if s.Generate {
		return app.NewPassword(), nil
	}
	_, _ = fmt.Fprint(os.Stderr, "Password: ")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	_, _ = fmt.Fprintln(os.Stderr)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// show prints a password that was made.
func (s secret) show(password string) {
	if s.Generate {
		fmt.Println(password)
	}
}

type userAdd struct {
	secret
	Email        string `required:"" placeholder:"ADDRESS" help:"What the person signs in with."`
	Name         string `required:"" placeholder:"NAME" help:"Shown to colleagues."`
	Phone        string `placeholder:"NUMBER" help:"Shown to colleagues."`
	Role         string `required:"" placeholder:"ROLE" help:"In every programme: sender, hospital_contact, coordinator, partner_manager, case_manager, operator, municipality, steering, public_body, administrative, dpo or admin."`
	Organisation string `required:"" placeholder:"ID|NAME" help:"Id or exact name of an organisation of the directory."`
}

type (
	userList struct{}
	// whose is the account that a command is about.
	whose struct {
		Email string `required:"" placeholder:"ADDRESS" help:"What the person signs in with."`
	}
	userDeactivate    struct{ whose }
	userUnlock        struct{ whose }
	userResetPassword struct {
		whose
		secret
	}
)

// Run makes the account.
func (c userAdd) Run(ctx context.Context) error {
	s, err := app.Read(app.Settings.CheckDatabase)
	if err != nil {
		return err
	}
	password, err := c.read()
	if err != nil {
		return err
	}
	err = app.AddUser(ctx, s, app.NewUser{
		Email: c.Email, Name: c.Name, Phone: c.Phone, Role: c.Role, Organisation: c.Organisation, Password: password,
	})
	if err == nil {
		c.show(password)
	}
	return err
}

// Run shows the accounts.
func (userList) Run(ctx context.Context) error {
	s, err := app.Read(app.Settings.CheckDatabase)
	if err != nil {
		return err
	}
	return app.ListUsers(ctx, s, os.Stdout)
}

// Run closes the account.
func (c userDeactivate) Run(ctx context.Context) error {
	s, err := app.Read(app.Settings.CheckDatabase)
	if err != nil {
		return err
	}
	return app.DeactivateUser(ctx, s, c.Email)
}

// Run unlocks the account.
func (c userUnlock) Run(ctx context.Context) error {
	s, err := app.Read(app.Settings.CheckDatabase)
	if err != nil {
		return err
	}
	return app.UnlockUser(ctx, s, c.Email)
}

// Run replaces the password.
func (c userResetPassword) Run(ctx context.Context) error {
	s, err := app.Read(app.Settings.CheckDatabase)
	if err != nil {
		return err
	}
	password, err := c.read()
	if err != nil {
		return err
	}
	if err := app.ResetPassword(ctx, s, c.Email, password); err != nil {
		return err
	}
	c.show(password)
	return nil
}
