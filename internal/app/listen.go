package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
)

// listener is an HTTP server with its address.
type listener struct {
	http.Server
	net.Listener
}

// Listen listens on the address of a setting. The error is a [*SettingsError] that names both.
func Listen(ctx context.Context, setting, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, &SettingsError{Err: fmt.Errorf("%s: l'indirizzo %s %s", setting, addr, whyNotListening(err))}
	}
	return l, nil
}

func whyNotListening(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "è già occupato da un altro programma: fermarlo o sceglierne un altro"
	case errors.Is(err, syscall.EACCES):
		return "è riservato agli amministratori: usare una porta da 1024 in su"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "non è di questa macchina"
	default:
		return "non si può usare"
	}
}

func listen(ctx context.Context, setting, addr string) (*listener, error) {
	l, err := Listen(ctx, setting, addr)
	if err != nil {
		return nil, err
	}
	return &listener{Listener: l}, nil
}

// URL is where the API answers, http://host:port; on this machine when it listens on every interface.
func (s *Service) URL() string {
	if s.public == nil {
		return ""
	}
	return "http://" + reachable(s.public.Listener.Addr())
}

// AdminAddress is where metrics and profiles are, host:port.
func (s *Service) AdminAddress() string { return reachable(s.admin.Listener.Addr()) }

func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
