# What the stand-in for the image `postgres:18` runs: Postgres with the user, password and database of the image's variables.
set -euo pipefail
data=/var/lib/postgresql/18/docker
export PATH=/usr/local/pgsql/bin:$PATH LD_LIBRARY_PATH=/usr/local/pgsql/lib
if [ "$(id -u)" = 0 ]; then
  install -d -o postgres /var/lib/postgresql /var/lib/postgresql/18
  exec setpriv --reuid=postgres --regid=postgres --clear-groups bash "$0"
fi
if [ ! -f "$data/PG_VERSION" ]; then
  initdb --pgdata="$data" --username="$POSTGRES_USER" --auth-host=scram-sha-256 --auth-local=trust \
    --encoding=UTF8 --locale=C --pwfile=<(echo "$POSTGRES_PASSWORD")
  echo "CREATE DATABASE \"$POSTGRES_DB\"" | postgres --single -D "$data" postgres
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
fi
exec postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
