package temporald

import (
	"net/url"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/common/testing/freeport"
	"go.temporal.io/server/temporal"

	"dimissioni/internal/standalone"
)

const (
	// shards is fixed in the database by the first start, for ever.
	shards      = 4
	clusterName = "active"
	maxConns    = 20 // for each of the two databases; a private Postgres lets 200 in
)

// database is the Postgres server to store in.
type database struct {
	url        *url.URL
	attributes map[string]string
}

func parseDatabase(address string) (database, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User == nil {
		return database{}, &standalone.Fault{ // without the cause: it quotes the URL, which holds a password
			Message: "DATABASE_URL deve avere la forma postgres://utente:password@host:porta/database perché Temporal possa usarlo",
		}
	}
	d := database{url: u, attributes: make(map[string]string)}
	for name, values := range u.Query() {
		d.attributes[name] = values[len(values)-1]
	}
	return d, nil
}

// named gives the URL of one database of the server.
func (d database) named(name string) string {
	u := *d.url
	u.Path = "/" + name
	return u.String()
}

func (d database) config(name string) *config.SQL {
	password, _ := d.url.User.Password()
	host := d.url.Host
	if d.url.Port() == "" {
		host += ":5432"
	}
	return &config.SQL{
		PluginName:        postgresql.PluginNamePGX,
		DatabaseName:      name,
		ConnectAddr:       host,
		ConnectProtocol:   "tcp",
		ConnectAttributes: d.attributes,
		User:              d.url.User.Username(),
		Password:          password,
		MaxConns:          maxConns,
		MaxIdleConns:      maxConns,
		MaxConnLifetime:   time.Hour,
	}
}

// ports of the services, all on loopback.
type ports struct{ frontend, history, matching, worker, ui int }

// choosePorts takes the wanted ports, after a look that they are free, and free ones for the rest.
func choosePorts(options Options) (ports, error) {
	p := ports{frontend: options.Port, ui: options.UIPort}
	for _, port := range []*int{&p.history, &p.matching, &p.worker} {
		*port = freeport.MustGetFreePort()
	}
	if p.frontend == 0 {
		p.frontend = freeport.MustGetFreePort()
	} else if err := checkFree(p.frontend, "Temporal", "fermarlo o impostare DIMISSIONI_TEMPORAL_PORT (0 per una qualsiasi)"); err != nil {
		return ports{}, err
	}
	if p.ui == 0 {
		p.ui = freeport.MustGetFreePort()
	} else if p.ui > 0 {
		if err := checkFree(p.ui, "le pagine di Temporal", "fermarlo o impostare DIMISSIONI_TEMPORAL_UI_PORT (0 per una qualsiasi)"); err != nil {
			return ports{}, err
		}
	}
	return p, nil
}

func serverOptions(database database, ports ports, options Options, logger logger) []temporal.ServerOption {
	return []temporal.ServerOption{
		temporal.WithConfig(serverConfig(database, ports)),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(map[primitives.ServiceName]static.Hosts{
			primitives.FrontendService: static.SingleLocalHost(loopback(ports.frontend)),
			primitives.HistoryService:  static.SingleLocalHost(loopback(ports.history)),
			primitives.MatchingService: static.SingleLocalHost(loopback(ports.matching)),
			primitives.WorkerService:   static.SingleLocalHost(loopback(ports.worker)),
		}),
		temporal.WithLogger(logger),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithDynamicConfigClient(dynamicConfig(options)),
	}
}

func serverConfig(database database, ports ports) *config.Config {
	const off = "disabled"
	return &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     mainSchema.database,
			VisibilityStore:  visibilitySchema.database,
			NumHistoryShards: shards,
			DataStores: map[string]config.DataStore{
				mainSchema.database:       {SQL: database.config(mainSchema.database)},
				visibilitySchema.database: {SQL: database.config(visibilitySchema.database)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: loopback(ports.frontend)},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			string(primitives.FrontendService): service(ports.frontend),
			string(primitives.HistoryService):  service(ports.history),
			string(primitives.MatchingService): service(ports.matching),
			string(primitives.WorkerService):   service(ports.worker),
		},
		PublicClient: config.PublicClient{HostPort: loopback(ports.frontend)},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: off},
			Visibility: config.VisibilityArchival{State: off},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: off},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: off},
		}},
	}
}

func service(port int) config.Service {
	return config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: "127.0.0.1"}}
}

// dynamicConfig holds what differs from the server's own defaults, which are for hundreds of machines.
func dynamicConfig(options Options) dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		// One process polls every queue: partitions would only make tasks wait for a forward.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		// Some thousands of cases at once, not hundreds of thousands.
		dynamicconfig.HistoryCacheHostLevelMaxSize.Key():     8192,
		dynamicconfig.EventsHostLevelCacheMaxSizeBytes.Key(): 64 << 20,
		// A new search attribute or namespace is seen at once.
		dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): true,
		dynamicconfig.WorkflowTimeSkippingEnabled.Key():             options.TimeSkipping,
	}
}
