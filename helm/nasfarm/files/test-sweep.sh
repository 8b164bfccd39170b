# Submits a sweep of two seeds that nobody has submitted before, and waits for its end. API, TOKEN_FILE, DEVICE and SECONDS_AT_MOST are given.
set -eu
ask() { curl --silent --show-error --fail-with-body --header "Authorization: Bearer $(cat "$TOKEN_FILE")" "$@"; }
cat >/tmp/sweep.yaml <<MANIFEST
apiVersion: nasfarm.io/v1
kind: Sweep
metadata: { name: helm-test }
spec:
  seeds: { start: $(($(date +%s) % 1000000000)), count: 2 }
  space: { name: nas-bench-201, channels: 4, cells: 1 }
  data: { name: fashion-mnist, imageSize: 16, trainImages: 64, alphaImages: 64 }
  methods: [{ name: darts, hyperparameters: { order: 1, epochs: 1 } }]
  execution: { device: $DEVICE }
MANIFEST
answer=$(ask --data-binary @/tmp/sweep.yaml --header 'Content-Type: application/yaml' "$API/sweeps") || { echo "$answer"; exit 1; }
sweep=$(echo "$answer" | sed -E 's/.*"sweep":"([^"]+)".*/\1/')
echo "submitted $sweep"
until=$(($(date +%s) + SECONDS_AT_MOST))
while [ "$(date +%s)" -lt "$until" ]; do
  state=$(ask "$API/sweeps/$sweep") || { echo "$state"; exit 1; }
  case "$state" in
    *'"state":"finished"'*) echo "both seeds are done"; exit 0 ;;
    *'"state":"failed"'* | *'"state":"cancelled"'*) echo "$state"; exit 1 ;;
  esac
  sleep 2
done
echo "the sweep did not end within $SECONDS_AT_MOST s; why its runs wait:"
ask "$API/queue"
exit 1
