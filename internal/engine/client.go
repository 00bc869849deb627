package engine

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	temporallog "go.temporal.io/sdk/log"
)

// Settings of a [Client]. Address, credentials and namespace come from TEMPORAL_* and its profile files; what is set
// here wins.
type Settings struct {
	Address   string // host:port of the embedded server
	Namespace string

	DataConverter    converter.DataConverter // of package cipher, both of them
	FailureConverter converter.FailureConverter

	Log          *slog.Logger // slog.Default() when nil
	Metrics      client.MetricsHandler
	Interceptors []interceptor.ClientInterceptor

	// Acknowledged, when set, is told of every version of a case that its workflow is known to have kept.
	Acknowledged func(ctx context.Context, caseID string, version int)
}

// Client is the product's Temporal. It is safe for concurrent use.
type Client struct {
	sdk          client.Client
	namespace    string
	converter    converter.DataConverter
	log          *slog.Logger
	acknowledged func(ctx context.Context, caseID string, version int)
	patience     time.Duration // how long Apply waits
	trusted      atomic.Bool   // the key ring has been found to be the workers'
}

// Dial makes a client. It does not connect: the first call does, so that a referral can be taken while Temporal is
// away. The error is a wrong setting.
func Dial(settings Settings) (*Client, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, fmt.Errorf("read Temporal settings: %w", err)
	}
	if settings.Address != "" {
		options.HostPort = settings.Address
	}
	if settings.Namespace != "" {
		options.Namespace = settings.Namespace
	}
	if options.Namespace == "" {
		options.Namespace = client.DefaultNamespace
	}
	log := settings.Log
	if log == nil {
		log = slog.Default()
	}
	options.Logger = temporallog.NewStructuredLogger(log)
	options.DataConverter = settings.DataConverter
	options.FailureConverter = settings.FailureConverter
	options.MetricsHandler = settings.Metrics
	options.Interceptors = settings.Interceptors
	sdk, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("make Temporal client: %w", err)
	}
	acknowledged := settings.Acknowledged
	if acknowledged == nil {
		acknowledged = func(context.Context, string, int) {}
	}
	data := settings.DataConverter
	if data == nil {
		data = converter.GetDefaultDataConverter()
	}
	return &Client{
		sdk: sdk, namespace: options.Namespace, converter: data, log: log, acknowledged: acknowledged,
		patience: 15 * time.Second,
	}, nil
}

// SDK is the client for the workers.
func (c *Client) SDK() client.Client { return c.sdk }

// Close ends the connection.
func (c *Client) Close() { c.sdk.Close() }

// Healthy reports whether Temporal answers, and to this key ring.
func (c *Client) Healthy(ctx context.Context) error {
	if _, err := c.sdk.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("reach Temporal: %w", err)
	}
	return c.trust(ctx)
}
