#!/usr/bin/env bash
# Speaks the trainer protocol and trains nothing. First argument: how it behaves.
#   normal        every unit ends well: a search has two phases
#   crash-once    dies by SIGKILL in the first attempt of a unit, after a checkpoint
#   crash         dies by SIGSEGV in every attempt
#   fail REASON   answers failed with REASON
#   hang          begins, then only listens; leaves at the end of its input
#   stubborn      begins, then listens to nothing, not even the end of its input
#   polite        begins; on stop it saves a checkpoint and releases the unit; on each lease it measures
#   device        normal; the cell tells which GPU the environment shows
#   garbled       says a line that is no event
#   other-fence   says a metric for the next fence
#   other-version says hello in another protocol
#   no-hello      says nothing
#   outside       says a checkpoint outside the artifacts folder
#   log           writes 250 log lines, then leaves with exit code 3
#   memory        logs that memory ran out, then aborts
mode=$1
reason=${2-}
fingerprint='{"libtorch":"fake","blas":"fake","instructionSet":"avx2","threads":1,"elementType":"float32","layout":"nchw","device":"cpu","backend":"fake"}'

say() { printf '%s\n' "$1"; }

field() { # field NAME LINE: a number or a string of the JSON line
  [[ $2 =~ \"$1\":\"?([^,\"}]*) ]] && printf '%s' "${BASH_REMATCH[1]}"
}

file() { # file NAME TRAINED END: writes a checkpoint and prints its reference
  printf 'weights' > "$folder/$1"
  printf '{"path":"%s","sha256":"%s","bytes":7,"trained":%s,"epoch":%s,"endOfUnit":%s}' "$folder/$1" "$unit-$2" "$2" "$2" "$3"
}

metric() { # metric STEP NAME VALUE
  say "{\"type\":\"metric\",\"fence\":$fence,\"step\":$1,\"epoch\":$1,\"name\":\"$2\",\"value\":$3}"
}

run() {
  fence=$(field fence "$1"); unit=$(field unitId "$1"); folder=$(field outputDirectory "$1"); phase=$(field phase "$1"); kind=$(field kind "$1")
  measured=0
  say "{\"type\":\"started\",\"fence\":$fence,\"fingerprint\":$fingerprint,\"trained\":0,\"damagedCheckpoints\":[],\"numericsChanged\":false}"
  case $mode in
    crash-once) if [[ $fence == 1 ]]; then metric 0 train_loss 9; say "{\"type\":\"checkpoint\",\"fence\":1,\"file\":$(file 1.safetensors 1 false),\"seconds\":0}"; kill -KILL $$; fi ;;
    crash) kill -SEGV $$ ;;
    fail) say "{\"type\":\"failed\",\"fence\":$fence,\"reason\":\"$reason\",\"message\":\"as told\"}"; return ;;
    hang | polite) return ;;
    stubborn) trap '' TERM; exec sleep 3600 ;;
    garbled) say 'Segmentation fault (not really)'; return ;;
    other-fence) fence=$((fence + 1)); metric 0 train_loss 1; return ;;
    outside) say "{\"type\":\"checkpoint\",\"fence\":$fence,\"file\":{\"path\":\"/etc/passwd\",\"sha256\":\"\",\"bytes\":1,\"trained\":1,\"epoch\":1,\"endOfUnit\":false},\"seconds\":0}"; return ;;
    log) for ((i = 1; i <= 250; i++)); do echo "line $i" >&2; done; exit 3 ;;
    memory) echo "RuntimeError: CUDA out of memory" >&2; kill -ABRT $$ ;;
  esac
  metric 0 train_loss 2.5
  metric 1 train_loss 1.25
  if [[ $kind == search ]]; then
    cell="cell of $unit"; [[ $mode == device ]] && cell="cell seen on '$CUDA_VISIBLE_DEVICES'"
    finished=false; [[ $phase -ge 1 ]] && finished=true
    say "{\"type\":\"done\",\"fence\":$fence,\"file\":$(file end.safetensors 2 true),\"search\":{\"searchFinished\":$finished,\"genotype\":\"$cell\",\"epoch\":2,\"trained\":2,\"diverged\":false}}"
  else
    say "{\"type\":\"done\",\"fence\":$fence,\"file\":$(file end.safetensors 2 true),\"retrain\":{\"testAccuracy\":90,\"bestTestAccuracy\":91,\"parameters\":10,\"diverged\":false}}"
  fi
}

stop() {
  [[ $mode == polite ]] || return
  say "{\"type\":\"checkpoint\",\"fence\":$fence,\"file\":$(file stop.safetensors 1 false),\"seconds\":0}"
  say "{\"type\":\"failed\",\"fence\":$fence,\"reason\":\"$(field reason "$1")\",\"message\":\"stopped as asked\"}"
}

case $mode in
  no-hello) ;;
  other-version) say "{\"type\":\"hello\",\"processId\":$$,\"codeVersion\":\"fake\",\"protocol\":\"nasfarm-trainer/0\"}" ;;
  *) say "{\"type\":\"hello\",\"processId\":$$,\"codeVersion\":\"fake\",\"protocol\":\"nasfarm-trainer/1\"}" ;;
esac
while IFS= read -r line; do
  case $line in
    '{"type":"run"'*) run "$line" ;;
    '{"type":"stop"'*) stop "$line" ;;
    '{"type":"lease"'*) if [[ $mode == polite ]]; then metric $measured train_loss 1; measured=$((measured + 1)); fi ;;
  esac
done
