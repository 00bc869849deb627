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
	Add userAdd `cmd:"" help:"Make an account; its password is the first line of standard input."`
}

type organisationCommand struct {
	Add organisationAdd `cmd:"" help:"Make an entry of the directory, in every programme, and print its id."`
}

type userAdd struct {
	Email        string `required:"" placeholder:"ADDRESS" help:"What the person signs in with."`
	Name         string `required:"" placeholder:"NAME" help:"Shown to colleagues."`
	Phone        string `placeholder:"NUMBER" help:"Shown to colleagues."`
	Role         string `required:"" placeholder:"ROLE" help:"In every programme: sender, hospital_contact, coordinator, partner_manager, case_manager, operator, municipality, steering, public_body, administrative, dpo or admin."`
	Organisation string `required:"" placeholder:"ID|NAME" help:"Id or exact name of an organisation of the directory."`
}

type organisationAdd struct {
	Type   string `required:"" placeholder:"TYPE" help:"Of: hospital, ward, partner, municipality, public_body, coordination, administrative, territorial, shelter."`
	Name   string `required:"" placeholder:"NAME" help:"Shown to everybody."`
	Parent string `placeholder:"ID|NAME" help:"Of a ward: its hospital."`
	ISTAT  string `name:"istat" placeholder:"CODE" help:"Of a municipality: its code."`
	Email  string `placeholder:"ADDRESS" help:"Where notices to the organisation itself go."`
	Phone  string `placeholder:"NUMBER" help:"Shown to everybody."`
}

// Run makes the account.
func (c userAdd) Run(ctx context.Context) error {
	s, err := app.Read(app.Settings.CheckDatabase)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprint(os.Stderr, "Password: ")
	password, err := bufio.NewReader(os.Stdin).ReadString('\n')
	_, _ = fmt.Fprintln(os.Stderr)
	if err != nil && password == "" {
		return fmt.Errorf("read password: %w", err)
	}
	return app.AddUser(ctx, s, app.NewUser{
		Email: c.Email, Name: c.Name, Phone: c.Phone, Role: c.Role, Organisation: c.Organisation,
		Password: strings.TrimRight(password, "\r\n"),
	})
}

// Run makes the entry.
func (c organisationAdd) Run(ctx context.Context) error {
	s, err := app.Read(app.Settings.CheckDatabase)
	if err != nil {
		return err
	}
	id, err := app.AddOrganisation(ctx, s, app.NewOrganisation(c))
	if err != nil {
		return err
	}
	fmt.Println(id)
	return nil
}
