package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"dimissioni/api/html/htmltest"
)

// seat is somebody at the desk: a browser with its cookies, that follows where it is sent.
type seat struct {
	*desk
	cookies map[string]*http.Cookie
	agent   string
}

// nobody is a browser that has not signed in.
func (d *desk) nobody() *seat {
	return &seat{desk: d, cookies: map[string]*http.Cookie{}, agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0 Safari/537.36"}
}

// sits signs somebody in, by the demo's list.
func (d *desk) sits(name string) *seat {
	d.Helper()
	s := d.nobody()
	s.post("/accedi/prova", "email", name+"@demo.test").wants(http.StatusSeeOther)
	return s
}

// ask sends a request with the browser's cookies, and holds every page to what pages keep to.
func (s *seat) ask(method, path string, form url.Values, headers ...header) answer {
	s.Helper()
	r := httptest.NewRequestWithContext(s.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("User-Agent", s.agent)
	r.Header.Set("Accept", "text/html,application/xhtml+xml")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, h := range headers {
		r.Header.Set(h.name, h.value)
	}
	for _, c := range s.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if s.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(s.cookies, c.Name)
		}
	}
	a := answer{s.T, w.Code, w.Header(), w.Body.Bytes()}
	if a.header.Get("Location") == "" && strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		htmltest.Read(s, a.raw).Check()
	}
	return a
}

func (s *seat) get(path string, headers ...header) answer {
	s.Helper()
	return s.ask(http.MethodGet, path, nil, headers...)
}

// post sends a form: key, value, key, value.
func (s *seat) post(path string, fields ...string) answer {
	s.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return s.ask(http.MethodPost, path, form)
}

// page opens a page and reads it.
func (s *seat) page(path string) htmltest.Page {
	s.Helper()
	return htmltest.Read(s, s.get(path).wants(http.StatusOK).raw)
}

// cookie is the session's.
func (s *seat) cookie() *http.Cookie {
	for name, c := range s.cookies {
		if strings.HasSuffix(name, "dimissioni") {
			return c
		}
	}
	return nil
}

// readings are what people read in each element of a selector.
func readings(p htmltest.Page, selector string) []string {
	return each(p.All(selector), htmltest.Text)
}
