#!/usr/bin/env bash
# Runs test projects and ends with one line: N passed, N failed, N skipped. What a project says is printed when it has ended.
# usage: eng/test.sh [--jobs N] [--filter EXPRESSION] [--property NAME=VALUE]… PROJECT…
#   --jobs N   that many projects at once (1: figures that tests measure are then of an otherwise idle machine)
set -uo pipefail
cd "$(dirname "$0")/.."

arguments=()
projects=()
jobs=1
while [ $# -gt 0 ]; do
  case "$1" in
    --jobs) jobs=$2; shift 2 ;;
    --filter) arguments+=(--filter "$2"); shift 2 ;;
    --property) arguments+=("-p:$2"); shift 2 ;;
    *) projects+=("$1"); shift ;;
  esac
done

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# Runs one project; its three counts go to NAME.counts.
run() {
  local project=$1 name started=$SECONDS status counters p f s
  name=$(basename "$project")
  if [ "$name" = NasFarm.Orleans.Tests ] && ! grep -qs '^HAS_ORLEANS := true' .probe/packages.mk; then
    s=$(cat tests/NasFarm.Orleans.Tests/*/*.cs tests/NasFarm.Farm.Tests/Hosting/FarmHostConformance.cs | grep -cE '^    \[(Fact|Theory)')
    echo "0 0 $s" >"$results/$name.counts"
    printf '%-28s %5d passed %3d failed %3d skipped\n    skipped %d: the registry does not serve Microsoft.Orleans (.probe/Orleans.log): the cluster is neither built nor tested\n' "$name" 0 0 "$s" "$s"
    return
  fi
  dotnet test "$project" --no-build --configuration Release --verbosity quiet --nologo --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal" "${arguments[@]}" >"$results/$name.log" 2>&1
  status=$?
  counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null)
  if [ -z "$counters" ]; then
    echo "0 0 0" >"$results/$name.counts"
    if grep -q 'No test matches' "$results/$name.log"; then return; fi
    tail -n 60 "$results/$name.log"
    echo "$name: the test host ended without results (exit code $status)."
    echo "0 1 0" >"$results/$name.counts"
    return
  fi
  number() { grep -o "$1=\"[0-9]*\"" <<<"$counters" | grep -o '[0-9]*'; }
  p=$(number passed) f=$(( $(number failed) + $(number error) + $(number timeout) + $(number aborted) ))
  s=$(( $(number total) - $(number executed) ))
  [ "$status" -ne 0 ] && [ "$f" -eq 0 ] && f=1
  echo "$p $f $s" >"$results/$name.counts"
  printf '%-28s %5d passed %3d failed %3d skipped  %4d s\n' "$name" "$p" "$f" "$s" $((SECONDS - started))
  [ "$f" -gt 0 ] && grep -avE '^\s*Passed |^\s*Skipped ' "$results/$name.log" | head -n 200
  # What a test has measured is worth a line of its own.
  grep -o 'measured: [^<]*' "$results/$name.trx" | sed 's/^measured: /    /'
  # A skipped test says why, once for each reason.
  [ "$s" -gt 0 ] && grep -A4 'outcome="NotExecuted"' "$results/$name.trx" | grep -o '<Message>[^<]*' | sed 's/<Message>//' | sort | uniq -c \
    | sed -E 's/^ *([0-9]+) /    skipped \1: /'
}

for project in "${projects[@]}"; do
  while [ "$(jobs -pr | wc -l)" -ge "$jobs" ]; do wait -n; done
  { said=$(run "$project"); [ -n "$said" ] && echo "$said"; } &
done
wait

passed=0 failed=0 skipped=0
for project in "${projects[@]}"; do
  counts="$results/$(basename "$project").counts"
  # A project that could not even say how it went has failed.
  read -r p f s < <(cat "$counts" 2>/dev/null || echo "0 1 0")
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
