package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"dimissioni/internal/app"
)

type userCommand struct {
	Add userAdd `cmd:"" help:"Make an account; its password is read from standard input."`
}

type userAdd struct {
	Email        string `required:"" help:"What the person signs in with."`
	Name         string `required:"" help:"Shown to colleagues."`
	Role         string `required:"" help:"Role in every programme: admin, coordinator, sender, …"`
	Organisation string `required:"" help:"Id or exact name of an organisation of the directory."`
}

// Run makes the account.
func (c userAdd) Run(ctx context.Context) error {
	s, err := app.Read(app.Settings.CheckDatabase)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprint(os.Stderr, "Password: ")
	password, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return fmt.Errorf("read password: %w", err)
	}
	return app.AddUser(ctx, s, app.NewUser{
		Email: c.Email, Name: c.Name, Role: c.Role, Organisation: c.Organisation, Password: strings.TrimRight(password, "\r\n"),
	})
}
