#!/usr/bin/env bash
# Speaks the trainer protocol, trains nothing, and measures everything that a trainer measures: an epoch takes SECONDS, a unit has EPOCHS, each
# ends with a checkpoint, and a unit goes on from its newest one.
# usage: measuring-trainer.sh EPOCHS SECONDS
epochs=$1 seconds=$2
fingerprint='{"libtorch":"fake","blas":"fake","instructionSet":"avx2","threads":1,"elementType":"float32","layout":"nchw","device":"cpu","backend":"fake"}'
sha=$(printf weights | sha256sum | cut -d ' ' -f 1)

say() { printf '%s\n' "$1"; }

field() { # field NAME LINE: a number or a string of the JSON line, the first of that name
  [[ $2 =~ \"$1\":\"?([^,\"}]*) ]] && printf '%s' "${BASH_REMATCH[1]}"
}

file() { # file NAME TRAINED END: writes a checkpoint and prints its reference
  printf weights >"$folder/$1"
  printf '{"path":"%s","sha256":"%s","bytes":7,"trained":%s,"epoch":%s,"endOfUnit":%s}' "$folder/$1" "$sha" "$2" "$2" "$3"
}

metric() { # metric STEP NAME VALUE TIMING
  say "{\"type\":\"metric\",\"fence\":$fence,\"step\":$1,\"epoch\":$1,\"name\":\"$2\",\"value\":$3,\"timing\":$4}"
}

checkpoint() { # checkpoint NAME TRAINED
  say "{\"type\":\"checkpoint\",\"fence\":$fence,\"file\":$(file "$1" "$2" false),\"seconds\":0.02}"
}

run() {
  fence=$(field fence "$1") unit=$(field unitId "$1") folder=$(field outputDirectory "$1") phase=$(field phase "$1") kind=$(field kind "$1") seed=$(field searchSeed "$1")
  local trained=0 from=null resume=${1#*\"resumeFrom\":[}
  if [[ $phase == 0 && $resume == '{'* ]]; then
    resume=${resume%%\}*}'}'
    trained=$(field trained "$resume") from=$resume
  fi
  say "{\"type\":\"started\",\"fence\":$fence,\"fingerprint\":$fingerprint,\"resumedFrom\":$from,\"trained\":$trained,\"damagedCheckpoints\":[],\"numericsChanged\":false}"
  for ((epoch = trained; epoch < epochs; epoch++)); do
    say "{\"type\":\"progress\",\"fence\":$fence,\"epoch\":$epoch,\"epochsDone\":$epoch,\"epochsExpected\":$epochs,\"step\":1,\"stepsPerEpoch\":10,\"secondsPerStep\":0.0$((RANDOM % 8 + 1)),\"residentBytes\":$((200000000 + RANDOM)),\"deviceBytes\":1000000}"
    if IFS= read -r -t "$seconds" line && [[ $line == '{"type":"stop"'* ]]; then
      checkpoint "stop-$epoch.safetensors" "$epoch"
      say "{\"type\":\"failed\",\"fence\":$fence,\"reason\":\"$(field reason "$line")\",\"message\":\"stopped as asked\"}"
      return
    fi
    metric "$epoch" train_loss "$(((epochs - epoch) * 10 + seed)).5" false
    [[ $kind == search ]] && metric "$epoch" lambda_max "0.$((epoch + 1))$((seed % 10))" false
    metric "$epoch" epoch_seconds "$seconds" true
    checkpoint "$((epoch + 1)).safetensors" "$((epoch + 1))"
  done
  if [[ $kind == search ]]; then
    say "{\"type\":\"done\",\"fence\":$fence,\"file\":$(file end.safetensors "$epochs" true),\"search\":{\"searchFinished\":true,\"genotype\":\"cell of $unit\",\"epoch\":$epochs,\"trained\":$epochs,\"diverged\":false}}"
  else
    say "{\"type\":\"done\",\"fence\":$fence,\"file\":$(file end.safetensors "$epochs" true),\"retrain\":{\"testAccuracy\":9$((seed % 5)).2$((seed % 7)),\"bestTestAccuracy\":95,\"parameters\":10,\"diverged\":false}}"
  fi
}

say "{\"type\":\"hello\",\"processId\":$$,\"codeVersion\":\"fake\",\"protocol\":\"nasfarm-trainer/1\"}"
while IFS= read -r line; do
  case $line in
    '{"type":"run"'*) run "$line" ;;
  esac
done
