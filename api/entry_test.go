package api

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"dimissioni/internal/postgres"
)

// What keeps a referral from coming in, or a request from being read.

func TestAnEmptyReferralIsToldEverythingAtOnce(t *testing.T) {
	d := newDesk(t)
	fields := d.as("sender").post("/discharges", obj{}).refuses(http.StatusUnprocessableEntity, "invalid").fields()
	for _, want := range []string{"programme_id", "sender.ward", "patient.family_name", "stay.kind", "consent.informed"} {
		if fields[want] != "required" {
			t.Errorf("%s: %q", want, fields[want])
		}
	}
}

func TestAPhysicianMustBeInTheDirectory(t *testing.T) {
	d := newDesk(t)
	for _, id := range []string{postgres.NewID(), "qualcuno"} {
		r := referralOfBianchi()
		r["network"] = obj{"gp": obj{"physician_id": id}}
		fields := d.as("sender").post("/discharges", r).refuses(http.StatusUnprocessableEntity, "invalid").fields()
		if fields["network.gp.physician_id"] != "unknown" {
			t.Errorf("fields: %v", fields)
		}
	}
	id := d.submitted(referralOfBianchi())
	d.as("sender").post("/discharges/"+id+"/complete", obj{"network": obj{"gp": obj{"physician_id": postgres.NewID()}}}).
		refuses(http.StatusUnprocessableEntity, "invalid")
}

func TestAMunicipalityOpensTheCasesOfItsOwn(t *testing.T) {
	d := newDesk(t)
	mine := referralOfBianchi()
	mine["programme_id"] = "domicilio-anziani"
	elsewhere := somebody("Verdi", "1944-04-04")
	elsewhere["programme_id"] = "domicilio-anziani"
	elsewhere["places"] = obj{"going_to_istat": "019002", "address": "Via Prova 1", "housing": "stable"}
	sheltered := somebody("Neri", "1950-05-05")
	sheltered["programme_id"] = "domicilio-anziani"
	sheltered["places"] = obj{"shelter": "Casa di accoglienza", "housing": "homeless"}

	d.as("municipality").post("/discharges", mine).wants(http.StatusCreated)
	a := d.as("municipality").post("/discharges", sheltered).wants(http.StatusCreated)
	if a.text("patient", "municipality_istat") != "019035" {
		t.Errorf("sheltered: %s", a.raw)
	}
	fields := d.as("municipality").post("/discharges", elsewhere).refuses(http.StatusUnprocessableEntity, "invalid").fields()
	if fields["places.going_to_istat"] == "" {
		t.Errorf("fields: %v", fields)
	}
	if n := len(d.as("coordinator").get("/discharges?programme=domicilio-anziani").items()); n != 2 {
		t.Errorf("%d cases: one was stored that nobody opened", n)
	}
}

// TestTheDischargeIsMovedByItsOwnCommand: complete never restarts a clock.
func TestTheDischargeIsMovedByItsOwnCommand(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	complete := "/discharges/" + id + "/complete"
	d.as("sender").post(complete, obj{"stay": obj{"expected_discharge_on": day(4), "therapy_note": "a casa"}}).wants(http.StatusOK)
	d.as("sender").post(complete, obj{"stay": obj{"expected_discharge_on": day(9)}}).
		refuses(http.StatusUnprocessableEntity, "invalid")
	moved := d.as("sender").post("/discharges/"+id+"/update-discharge", obj{"expected_on": day(9)}).wants(http.StatusOK)
	if moved.text("expected_discharge_on") != day(9) || moved.text("referral", "stay", "expected_discharge_on") != day(9) {
		t.Errorf("moved: %s", moved.raw)
	}
	d.as("sender").post(complete, obj{"stay": obj{"expected_discharge_on": day(9)}}).wants(http.StatusOK)
}

// TestATooLongBodyIsAnsweredToWhoSendsItWhole: many clients read the answer once they have sent everything.
func TestATooLongBodyIsAnsweredToWhoSendsItWhole(t *testing.T) {
	d := newDesk(t)
	server := httptest.NewServer(d.handler)
	t.Cleanup(server.Close)
	for _, head := range []string{"Content-Length: 4000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3d0900\r\n"} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		request := fmt.Sprintf("POST %s/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%s", base, head)
		if _, err := conn.Write(append([]byte(request), bytes.Repeat([]byte("x"), 4_000_000)...)); err != nil {
			t.Fatalf("the server does not take it in: %v", err)
		}
		if _, err := conn.Write([]byte("\r\n0\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("answer %d, want 413", answer.StatusCode)
		}
	}
}
