#!/usr/bin/env bash
# Runs test projects one after the other and ends with one line: N passed, N failed, N skipped.
# usage: eng/test.sh [--filter EXPRESSION] [--property NAME=VALUE]… PROJECT…
set -uo pipefail
cd "$(dirname "$0")/.."

arguments=()
projects=()
while [ $# -gt 0 ]; do
  case "$1" in
    --filter) arguments+=(--filter "$2"); shift 2 ;;
    --property) arguments+=("-p:$2"); shift 2 ;;
    *) projects+=("$1"); shift ;;
  esac
done

passed=0 failed=0 skipped=0
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for project in "${projects[@]}"; do
  name=$(basename "$project")
  started=$SECONDS
  if [ "$name" = NasFarm.Orleans.Tests ] && ! grep -qs '^HAS_ORLEANS := true' .probe/packages.mk; then
    s=$(cat tests/NasFarm.Orleans.Tests/*/*.cs tests/NasFarm.Farm.Tests/Hosting/FarmHostConformance.cs | grep -cE '^    \[(Fact|Theory)')
    skipped=$((skipped + s))
    printf '%-28s %5d passed %3d failed %3d skipped\n    skipped %d: the registry does not serve Microsoft.Orleans (.probe/Orleans.log): the cluster is neither built nor tested\n' "$name" 0 0 "$s" "$s"
    continue
  fi
  dotnet test "$project" --no-build --configuration Release --verbosity quiet --nologo --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal" "${arguments[@]}" >"$results/$name.log" 2>&1
  status=$?
  counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null)
  if [ -z "$counters" ]; then
    if grep -q 'No test matches' "$results/$name.log"; then continue; fi
    tail -n 60 "$results/$name.log"
    echo "$name: the test host ended without results (exit code $status)."
    failed=$((failed + 1))
    continue
  fi
  number() { grep -o "$1=\"[0-9]*\"" <<<"$counters" | grep -o '[0-9]*'; }
  p=$(number passed) f=$(( $(number failed) + $(number error) + $(number timeout) + $(number aborted) ))
  s=$(( $(number total) - $(number executed) ))
  [ "$status" -ne 0 ] && [ "$f" -eq 0 ] && f=1
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  printf '%-28s %5d passed %3d failed %3d skipped  %4d s\n' "$name" "$p" "$f" "$s" $((SECONDS - started))
  [ "$f" -gt 0 ] && grep -avE '^\s*Passed |^\s*Skipped ' "$results/$name.log" | head -n 200
  # What a test has measured is worth a line of its own.
  grep -o 'measured: [^<]*' "$results/$name.trx" | sed 's/^measured: /    /'
  # A skipped test says why, once for each reason.
  [ "$s" -gt 0 ] && grep -A4 'outcome="NotExecuted"' "$results/$name.trx" | grep -o '<Message>[^<]*' | sed 's/<Message>//' | sort | uniq -c \
    | sed -E 's/^ *([0-9]+) /    skipped \1: /'
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
