package main

import (
	"context"
	"fmt"

	"dimissioni/internal/app"
)

type organisationCommand struct {
	Add organisationAdd `cmd:"" help:"Make an entry of the directory, in every programme, and print its id."`
}

type organisationAdd struct {
	Type   string `required:"" placeholder:"TYPE" help:"Of: hospital, ward, partner, municipality, public_body, coordination, administrative, territorial, shelter."`
	Name   string `required:"" placeholder:"NAME" help:"Shown to everybody."`
	Parent string `placeholder:"ID|NAME" help:"Of a ward: its hospital."`
	ISTAT  string `name:"istat" placeholder:"CODE" help:"Of a municipality: its code."`
	Email  string `placeholder:"ADDRESS" help:"Where notices to the organisation itself go."`
	Phone  string `placeholder:"NUMBER" help:"Shown to everybody."`
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
