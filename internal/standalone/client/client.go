// Package client speaks the HTTP contract as a person's program would: it is what the story and the end-to-end
// tests hold in their hands. It knows nothing of the product but the contract.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Client is one signed-in person. The zero value is nobody: use [SignIn].
type Client struct {
	base  string // http://127.0.0.1:8080/api/v1
	token string
	http  *http.Client
}

// Object is a JSON object as it came.
type Object = map[string]any

// ProblemError is a refusal of the service, as RFC 9457 writes it.
type ProblemError struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Title  string `json:"title"`
	Errors []struct {
		Field   string `json:"field"`
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"errors"`
}

func (p *ProblemError) Error() string {
	text := fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail)
	for _, e := range p.Errors {
		text += fmt.Sprintf(" [%s: %s]", e.Field, e.Message)
	}
	return text
}

// Anonymous is a client that has not signed in. The address is that of the service, without /api/v1.
func Anonymous(address string) *Client {
	return &Client{base: address + "/api/v1", http: &http.Client{Timeout: 5 * time.Minute}}
}

// SignIn signs a person in.
func SignIn(ctx context.Context, address, email, password string) (*Client, error) {
	c := Anonymous(address)
	answer, err := c.Post(ctx, "/login", Object{"email": email, "password": password})
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	c.token, _ = answer["token"].(string)
	return c, nil
}

// Get reads a resource.
func (c *Client) Get(ctx context.Context, path string) (Object, error) {
	return c.Do(ctx, http.MethodGet, path, nil, nil)
}

// Post changes something. The service makes an idempotency key when none is given with [Client.Do].
func (c *Client) Post(ctx context.Context, path string, body any) (Object, error) {
	return c.Do(ctx, http.MethodPost, path, body, nil)
}

// Do sends a request with headers of the caller's. A refusal is a *[ProblemError].
func (c *Client) Do(ctx context.Context, method, path string, body any, header map[string]string) (Object, error) {
	var reader io.Reader
	if body != nil {
		content, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode body: %w", err)
		}
		reader = bytes.NewReader(content)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, reader)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	defer func() { _ = res.Body.Close() }()
	return decode(res)
}

func decode(res *http.Response) (Object, error) {
	content, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		problem := &ProblemError{Status: res.StatusCode}
		if err := json.Unmarshal(content, problem); err != nil {
			return nil, fmt.Errorf("answer %d is not a problem document: %w", res.StatusCode, err)
		}
		return nil, problem
	}
	answer := Object{}
	if len(content) == 0 {
		return answer, nil
	}
	if err := json.Unmarshal(content, &answer); err != nil {
		return nil, fmt.Errorf("decode answer: %w", err)
	}
	return answer, nil
}

// Command gives a command to a case and returns the case.
func (c *Client) Command(ctx context.Context, caseID, command string, body Object) (Object, error) {
	if body == nil {
		body = Object{}
	}
	answer, err := c.Post(ctx, "/discharges/"+caseID+"/"+command, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", command, err)
	}
	return answer, nil
}

// Items reads every page of a list.
func (c *Client) Items(ctx context.Context, path string) ([]Object, error) {
	var all []Object
	cursor := ""
	for {
		query := path
		if cursor != "" && strings.Contains(path, "?") {
			query += "&cursor=" + cursor
		} else if cursor != "" {
			query += "?cursor=" + cursor
		}
		page, err := c.Get(ctx, query)
		if err != nil {
			return nil, err
		}
		items, _ := page["items"].([]any)
		for _, item := range items {
			if o, ok := item.(Object); ok {
				all = append(all, o)
			}
		}
		if cursor, _ = page["next_cursor"].(string); cursor == "" {
			return all, nil
		}
	}
}

// Text reads a string field; empty when it is not there.
func Text(o Object, key string) string {
	s, _ := o[key].(string)
	return s
}

// Number reads a number field; zero when it is not there.
func Number(o Object, key string) int {
	n, _ := o[key].(float64)
	return int(n)
}
