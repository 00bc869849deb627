package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	otelprom "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"dimissioni/internal/postgres"
)

// Metrics is the one pipeline of the program: whatever is measured through Provider is shown by [Admin], as
// Prometheus reads it.
type Metrics struct {
	Provider *sdkmetric.MeterProvider
	registry *prometheus.Registry
}

// NewMetrics makes the pipeline. The error is of the libraries.
func NewMetrics() (*Metrics, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	exporter, err := otelprom.New(otelprom.WithRegisterer(registry))
	if err != nil {
		return nil, fmt.Errorf("make metrics: %w", err)
	}
	return &Metrics{Provider: sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter)), registry: registry}, nil
}

// Admin makes the handler of the admin address: /metrics and /debug/pprof, for whoever runs the machine.
func Admin(d Deps) http.Handler {
	mux := http.NewServeMux()
	if d.Metrics != nil {
		d.Metrics.count(d.Store)
		mux.Handle("GET /metrics", promhttp.HandlerFor(d.Metrics.registry, promhttp.HandlerOpts{}))
	}
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// count shows how many cases stand in each state and what became of the mails.
func (m *Metrics) count(store *postgres.Store) {
	if store == nil {
		return
	}
	meter := m.Provider.Meter("dimissioni/api")
	observe := func(name, what, label string, read func(context.Context) (map[string]int64, error)) {
		_, err := meter.Int64ObservableGauge(name, metric.WithDescription(what),
			metric.WithInt64Callback(func(ctx context.Context, o metric.Int64Observer) error {
				ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
				counts, err := read(ctx)
				if err != nil {
					return err
				}
				for key, n := range counts {
					o.Observe(n, metric.WithAttributes(attribute.String(label, key)))
				}
				return nil
			}))
		if err != nil {
			panic(err) // the names are constants
		}
	}
	observe("dimissioni.cases", "cases by state", "state", func(ctx context.Context) (map[string]int64, error) {
		counts, err := store.CountCases(ctx)
		byName := make(map[string]int64, len(counts))
		for state, n := range counts {
			byName[string(state)] = n
		}
		return byName, err
	})
	observe("dimissioni.mails", "mails by status", "status", store.MailCounts)
}

// requestMetrics times the requests by the template of their route, never by their path.
type requestMetrics struct{ duration metric.Float64Histogram }

func newRequestMetrics(m *Metrics) *requestMetrics {
	var provider metric.MeterProvider = noop.NewMeterProvider()
	if m != nil {
		provider = m.Provider
	}
	meter := provider.Meter("dimissioni/api")
	duration, err := meter.Float64Histogram("http.server.request.duration", metric.WithUnit("s"),
		metric.WithDescription("how long requests take"),
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20))
	if err != nil {
		panic(err) // the name is a constant
	}
	return &requestMetrics{duration: duration}
}

func (m *requestMetrics) observe(c *gin.Context, took time.Duration) {
	m.duration.Record(c, took.Seconds(), metric.WithAttributes(
		attribute.String("http.request.method", knownMethod(c.Request.Method)),
		attribute.String("http.route", route(c)),
		attribute.String("http.response.status_code", strconv.Itoa(c.Writer.Status())),
	))
}
