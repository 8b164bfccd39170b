#!/usr/bin/env bash
# Asks, by restoring one tiny project a package, which of the packages that NasFarm is written for the registry serves.
# Writes .probe/packages.mk (HAS_TORCHSHARP, HAS_ORLEANS, HAS_PROMETHEUS_EXPORTER, HAS_CROSSGEN = true|false). The Makefile asks once, and
# again when the questions change; `make clean` forgets the answer.
set -euo pipefail
cd "$(dirname "$0")/.."
answer=.probe/packages.mk
mkdir -p .probe

serves() { dotnet restore "eng/probes/$1/$1.csproj" --verbosity quiet >".probe/$1.log" 2>&1 && echo "$2 := true" || echo "$2 := false"; }

# All at once.
serves TorchSharp HAS_TORCHSHARP >.probe/1 &
serves Orleans HAS_ORLEANS >.probe/2 &
serves PrometheusExporter HAS_PROMETHEUS_EXPORTER >.probe/3 &
serves Crossgen HAS_CROSSGEN >.probe/4 &
wait
cat .probe/1 .probe/2 .probe/3 .probe/4 >"$answer.new"
rm .probe/1 .probe/2 .probe/3 .probe/4
mv "$answer.new" "$answer"
