# What the stand-in for the image `temporalio/ui` runs.
set -euo pipefail
mkdir -p /tmp/config
echo "{ temporalGrpcAddress: '$TEMPORAL_ADDRESS', host: 0.0.0.0, port: 8080, enableUi: true }" >/tmp/config/standin.yaml
exec ui-server --root /tmp --config config --env standin start
