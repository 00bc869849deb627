package e2e

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	gomail "github.com/wneessen/go-mail"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"dimissioni/internal/cipher"
	"dimissioni/internal/standalone/client"
)

// silent fails for every secret in a text.
func (f *fleet) silent(where, content string) {
	f.t.Helper()
	low := strings.ToLower(content)
	for _, secret := range []string{secretWord, secretNumber, secretCode} {
		found := strings.ToLower(secret)
		for at, times := strings.Index(low, found), 0; at >= 0 && times < 3; times++ {
			f.t.Errorf("%s: …%s…", where, low[max(0, at-160):min(len(low), at+60)])
			next := strings.Index(low[at+len(found):], found)
			if next < 0 {
				break
			}
			at += len(found) + next
		}
	}
}

// silentEngine looks through every table of Temporal, as it is on the disk. A case's id is there; its secrets are in
// the product's database alone.
func (f *fleet) silentEngine(caseID string) {
	f.t.Helper()
	product, _, _ := strings.Cut(f.setting("DATABASE_URL"), "/dimissioni?")
	for _, database := range []string{"temporal", "temporal_visibility"} {
		engine := *f
		engine.world = &world{t: f.t, environment: []string{"DATABASE_URL=" + product + "/" + database + "?sslmode=disable"}}
		if engine.rowsWith(caseID) == 0 {
			f.t.Errorf("%s does not know the case: nothing was looked at", database)
		}
		for _, secret := range []string{secretWord, strings.ToUpper(secretWord), strings.ToLower(secretWord), secretNumber, secretCode} {
			if n := engine.rowsWith(secret); n > 0 {
				f.t.Errorf("%s: %d rows hold %s", database, n, secret)
			}
		}
	}
	for _, secret := range []string{secretWord, secretNumber, secretCode} {
		if f.rowsWith(secret) == 0 {
			f.t.Errorf("%s never reached the product", secret)
		}
	}
}

// rowsWith counts the rows of all tables that hold a text, also inside of bytes.
func (f *fleet) rowsWith(text string) int {
	f.t.Helper()
	count := 0
	for _, table := range queryAll[string](f, `SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'`) {
		count += query[int](f, `SELECT count(*)::int FROM `+table+` x WHERE position($1 in x::text) > 0 OR position($2 in x::text) > 0`,
			text, hex.EncodeToString([]byte(text)))
	}
	return count
}

// histories are all that Temporal tells of every workflow: as it is, and with the payloads decrypted.
func (f *fleet) histories() string {
	f.t.Helper()
	engine := f.temporal()
	out := &bytes.Buffer{}
	list, err := engine.ListWorkflow(f.ctx(), &workflowservice.ListWorkflowExecutionsRequest{Namespace: "default", PageSize: 1000})
	if err != nil {
		f.t.Fatal(err)
	}
	for _, w := range list.GetExecutions() {
		id, run := w.GetExecution().GetWorkflowId(), w.GetExecution().GetRunId()
		seen, err := engine.DescribeWorkflowExecution(f.ctx(), id, run)
		if err != nil {
			f.t.Fatal(err)
		}
		f.open(out, seen)
		pages := engine.GetWorkflowHistory(f.ctx(), id, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for pages.HasNext() {
			e, err := pages.Next()
			if err != nil {
				f.t.Fatal(err)
			}
			f.open(out, e)
		}
	}
	return out.String()
}

// open writes a message as it is, then what its payloads say.
func (f *fleet) open(out *bytes.Buffer, m proto.Message) {
	f.t.Helper()
	raw, err := proto.Marshal(m)
	if err != nil {
		f.t.Fatal(err)
	}
	out.Write(raw)
	ring, err := cipher.ParseRing(testKeys)
	if err != nil {
		f.t.Fatal(err)
	}
	converter := cipher.DataConverter(ring)
	read := func(_ *proxy.VisitPayloadsContext, sealed []*commonpb.Payload) ([]*commonpb.Payload, error) {
		for _, p := range sealed {
			var content any
			if err := converter.FromPayload(p, &content); err != nil {
				return nil, err
			}
			if err := json.NewEncoder(out).Encode(content); err != nil {
				return nil, err
			}
		}
		return sealed, nil
	}
	if err := proxy.VisitPayloads(f.ctx(), m, proxy.VisitPayloadsOptions{Visitor: read}); err != nil {
		f.t.Fatalf("%s: %v", m.ProtoReflect().Descriptor().FullName(), err)
	}
}

// letterTexts are the mails, raw and with every part decoded.
func (f *fleet) letterTexts() string {
	f.t.Helper()
	files, err := filepath.Glob(filepath.Join(f.mailDir, "*.eml"))
	if err != nil || len(files) == 0 {
		f.t.Fatalf("no mails: %v", err)
	}
	out := &bytes.Buffer{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.t.Fatal(err)
		}
		out.Write(raw)
		letter, err := gomail.EMLToMsgFromReader(bytes.NewReader(raw))
		if err != nil {
			f.t.Fatal(err)
		}
		for _, part := range letter.GetParts() {
			content, err := part.GetContent()
			if err != nil {
				f.t.Fatal(err)
			}
			out.Write(content)
		}
		for _, attached := range letter.GetAttachments() {
			if _, err := attached.Writer(out); err != nil {
				f.t.Fatal(err)
			}
		}
	}
	return out.String()
}

func (f *fleet) postgresLog() string {
	f.t.Helper()
	text, err := os.ReadFile(filepath.Join(f.data, "postgres", "postgres.log"))
	if err != nil {
		f.t.Fatal(err)
	}
	return string(text)
}

// metrics are what the process shows to Prometheus, and its profile of goroutines.
func (m *member) metrics() string {
	m.t.Helper()
	out := ""
	for _, path := range []string{"/metrics", "/debug/pprof/goroutine?debug=2", "/debug/pprof/cmdline"} {
		req, err := http.NewRequestWithContext(m.t.Context(), http.MethodGet, m.said+path, nil)
		if err != nil {
			m.t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			m.t.Fatal(err)
		}
		content, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			m.t.Fatalf("%s: %d %v", path, res.StatusCode, err)
		}
		out += string(content)
	}
	return out
}

// stumble submits a plan that Postgres refuses to keep, saying the whole row, and lets it in afterwards.
func (f *fleet) stumble(id string, plan client.Object) {
	f.t.Helper()
	f.run(`ALTER TABLE plans ADD CONSTRAINT e2e_refuses CHECK (content::text NOT LIKE '%` + secretWord + `%')`)
	p := f.pen("casemanager")
	p.comeBack("/discharges/"+id+"/submit-plan", plan, "the plan")
	f.eventually("the workflow has tried for good", func() bool { return f.waitsFor(id, "Record") })
	f.silent("histories with a failed Record", f.histories())
	f.run(`ALTER TABLE plans DROP CONSTRAINT e2e_refuses`)
	p.insist("/discharges/"+id+"/submit-plan", plan, "the plan")
}
