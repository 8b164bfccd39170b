#!/usr/bin/env bash
# Installs the system packages that the build, the tests or the quickstart need and that are missing. Quick when nothing is.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(cmake g++ libtorch-dev libopenblas0-pthread dataset-fashion-mnist postgresql)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
# The tests of S3 artifacts start a server from npm.
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
command -v dotnet >/dev/null || {
  echo "NasFarm needs the .NET 10 SDK: install it from https://dotnet.microsoft.com/download and run this command again." >&2
  exit 1
}

install_s3_server() {
  local folder=tests/s3-server
  cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed" && return
  if npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null; then
    cp "$folder/package-lock.json" "$folder/node_modules/.installed"
  else
    echo "npm could not install the S3 test server: the tests that need it will be skipped." >&2
  fi
}
if [ ${#missing[@]} -eq 0 ]; then
  install_s3_server
  exit 0
fi

if ! command -v apt-get >/dev/null; then
  echo "NasFarm needs these Debian packages or their equivalents: ${missing[*]}. This machine has no apt-get: install them by hand." >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "NasFarm needs packages that are missing. Run: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "Installing: ${missing[*]}"
# The tests start database servers of their own, so a freshly installed PostgreSQL gets no server of the system's.
if [[ " ${missing[*]} " == *" postgresql "* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  mkdir -p /etc/postgresql-common
  echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "apt-get could not install: ${missing[*]}. The lines above say why." >&2
  exit 1
fi
install_s3_server
