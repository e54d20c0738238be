# What the stand-in for the image `temporalio/auto-setup` runs: it makes the databases and the namespace, then the server.
set -euo pipefail
address=$(hostname -i)
tool() {
  temporal-sql-tool --plugin "$DB" --ep "$POSTGRES_SEEDS" --port "$DB_PORT" --user "$POSTGRES_USER" --password "$POSTGRES_PWD" "$@"
}
for database in temporal:temporal temporal_visibility:visibility; do
  name=${database%:*} schema=/etc/temporal/schema/${database#*:}/versioned
  tool --database "$name" create || true
  tool --database "$name" setup-schema -v 0.0 || true
  tool --database "$name" update-schema --schema-dir "$schema"
done
store() {
  cat <<STORE
      sql: { pluginName: $DB, databaseName: $1, connectAddr: '$POSTGRES_SEEDS:$DB_PORT', connectProtocol: tcp, user: $POSTGRES_USER, password: '$POSTGRES_PWD', maxConns: 20, maxIdleConns: 20, maxConnLifetime: 1h }
STORE
}
service() { echo "  $1: { rpc: { grpcPort: $2, membershipPort: $3, bindOnIP: $address } }"; }
mkdir -p config
cat >config/standin.yaml <<CONFIG
log: { stdout: true, level: info }
persistence:
  defaultStore: default
  visibilityStore: visibility
  numHistoryShards: 4
  datastores:
    default:
$(store temporal)
    visibility:
$(store temporal_visibility)
global:
  membership: { maxJoinDuration: 30s, broadcastAddress: $address }
services:
$(service frontend 7233 6933)
$(service history 7234 6934)
$(service matching 7235 6935)
$(service worker 7239 6939)
clusterMetadata:
  enableGlobalNamespace: false
  failoverVersionIncrement: 10
  masterClusterName: active
  currentClusterName: active
  clusterInformation:
    active: { enabled: true, initialFailoverVersion: 1, rpcName: frontend, rpcAddress: '$address:7233' }
publicClient: { hostPort: '$address:7233' }
dynamicConfigClient: { filepath: $DYNAMIC_CONFIG_FILE_PATH, pollInterval: 10s }
CONFIG
(
  until temporal operator namespace describe default --address "$address:7233" >/dev/null 2>&1 ||
    temporal operator namespace create default --address "$address:7233" --retention 24h >/dev/null 2>&1; do sleep 1; done
) &
exec temporal-server --root /etc/temporal --env standin start
