package temporald

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/temporalio/ui-server/v2/server"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"
)

// webUI is the server's web interface.
type webUI struct {
	server  *server.Server
	address string
}

// startUI gives a web interface that answers. It asks nothing of the outside world.
func startUI(ctx context.Context, port int, temporalAddress, namespace string) (*webUI, error) {
	if namespace == "" {
		namespace = "default"
	}
	ui := &webUI{
		address: loopback(port),
		server: server.NewServer(server_options.WithConfigProvider(&config.Config{
			TemporalGRPCAddress: temporalAddress,
			Host:                "127.0.0.1",
			Port:                port,
			EnableUI:            true,
			DefaultNamespace:    namespace,
			DisableNewsFetch:    true,
			HideLogs:            true,
			CORS:                config.CORS{CookieInsecure: true}, // plain HTTP on loopback
		})),
	}
	go func() { _ = ui.server.Start() }() // always nil: it ends the process on an error
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	err := poll(ctx, "wait for the temporal web interface", func() error {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", ui.address)
		if err != nil {
			return err
		}
		return conn.Close()
	})
	if err != nil {
		ui.server.Stop()
		return nil, fmt.Errorf("start temporal web interface: %w", err)
	}
	return ui, nil
}
