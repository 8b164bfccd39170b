#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own on loopback, and removes the server afterwards.
# The command finds it in NASFARM_STORE and PGPASSWORD; its data in PGDATA, its programs in PGBIN.
# usage: eng/with-postgres.sh [--no-fsync] [--port N] [--connections N] COMMAND…
set -euo pipefail

fsync=on connections=60 port=$((20000 + RANDOM % 20000))
while [[ ${1:-} == --* ]]; do
  case "$1" in
    --no-fsync) fsync=off; shift ;;
    --port) port=$2; shift 2 ;;
    --connections) connections=$2; shift 2 ;;
    *) echo "with-postgres.sh: there is no option $1" >&2; exit 2 ;;
  esac
done

PGBIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$PGBIN" ] || PGBIN=$(dirname "$(command -v pg_ctl)") || { echo "PostgreSQL's programs are not installed: make install" >&2; exit 1; }
# The server refuses to be root.
as_server=()
[ "$(id -u)" -ne 0 ] || as_server=(runuser -u postgres --)

cd /
folder=$("${as_server[@]}" mktemp -d -t nasfarm-postgres-XXXXXX)
trap '"${as_server[@]}" "$PGBIN/pg_ctl" stop -s -m immediate -D "$folder/data" >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
export PGBIN PGDATA="$folder/data" PGPORT="$port" PGPASSWORD="${PGPASSWORD:-$(head -c 12 /dev/urandom | base64)}"
export NASFARM_STORE="postgres://farm@127.0.0.1:$port/postgres"

# Words are compared as people do (ICU, English), so that an order that leans on bytes must say so.
start() {
  printf '%s' "$PGPASSWORD" | "${as_server[@]}" tee "$folder/password" >/dev/null
  "${as_server[@]}" "$PGBIN/initdb" -D "$PGDATA" --no-sync -U farm -A scram-sha-256 --pwfile="$folder/password" \
    -E UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en
  "${as_server[@]}" tee -a "$PGDATA/postgresql.conf" >/dev/null <<END
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = $connections
shared_buffers = 128MB
max_wal_size = 4GB
fsync = $fsync
END
  "${as_server[@]}" "$PGBIN/pg_ctl" start -s -w -D "$PGDATA" -l "$folder/server.log"
}
log=$(mktemp)
start >"$log" 2>&1 || { cat "$log" >&2; "${as_server[@]}" cat "$folder/server.log" >&2 || true; rm -f "$log"; exit 1; }
rm -f "$log"
cd "$OLDPWD"
"$@"
