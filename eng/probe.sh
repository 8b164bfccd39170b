#!/usr/bin/env bash
# Asks once, by restoring one tiny project a package, which of the packages that NasFarm is written for the registry serves.
# Writes .probe/packages.mk (HAS_TORCHSHARP, HAS_ORLEANS, HAS_PROMETHEUS_EXPORTER = true|false). `make clean` forgets the answer.
set -euo pipefail
cd "$(dirname "$0")/.."
answer=.probe/packages.mk
[ -s "$answer" ] && exit 0
mkdir -p .probe

serves() { dotnet restore "eng/probes/$1/$1.csproj" --verbosity quiet >".probe/$1.log" 2>&1 && echo true || echo false; }

{
  echo "HAS_TORCHSHARP := $(serves TorchSharp)"
  echo "HAS_ORLEANS := $(serves Orleans)"
  echo "HAS_PROMETHEUS_EXPORTER := $(serves PrometheusExporter)"
} >"$answer.new"
mv "$answer.new" "$answer"
