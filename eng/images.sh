#!/usr/bin/env bash
# The images of k8s/images. usage: eng/images.sh build | pin | sbom
#   build  builds nasfarm-control and nasfarm-gpu with docker, tagged with the version that Directory.Build.props states
#   pin    asks registries which digests the tags in base-images.env have, and writes those that answer; a line without an answer stays as it is
#   sbom   builds both with a bill of materials and their provenance, as OCI archives in out/
set -euo pipefail
cd "$(dirname "$0")/.."
list=${BASE_IMAGES:-k8s/images/base-images.env}
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)

# Calls docker for one image: the rest of its arguments, then the file.
build_one() {
  local image=$1 line arguments=(--file "k8s/images/$1.Dockerfile" --tag "nasfarm-$1:$version" --build-arg "REVISION=$(git rev-parse HEAD)")
  shift
  while read -r line; do
    [[ $line =~ ^[A-Z_]+= ]] && arguments+=(--build-arg "$line")
  done <"$list"
  docker buildx build "${arguments[@]}" "$@" .
}

# Prints the digest of registry/repository:tag, or nothing. Registries on loopback speak HTTP, as with docker.
digest_of() {
  local image=${1%@*} registry repository tag scheme=https challenge realm token=() headers
  registry=${image%%/*} repository=${image#*/} tag=${image##*:}
  repository=${repository%:*}
  [[ $registry == 127.0.0.1:* || $registry == localhost:* ]] && scheme=http
  [ "$registry" = docker.io ] && registry=registry-1.docker.io
  local url="$scheme://$registry/v2/$repository/manifests/$tag"
  local accept='Accept: application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json'
  headers=$(curl --silent --max-time 20 --head --header "$accept" "$url") || return 0
  challenge=$(tr -d '\r' <<<"$headers" | grep -i '^www-authenticate: bearer' || true)
  if [ -n "$challenge" ]; then
    realm=$(sed -E 's/.*realm="([^"]+)".*/\1/' <<<"$challenge")
    local service
    service=$(sed -nE 's/.*service="([^"]+)".*/\1/p' <<<"$challenge")
    token=(--header "Authorization: Bearer $(curl --silent --max-time 20 --get --data-urlencode "service=$service" --data-urlencode "scope=repository:$repository:pull" "$realm" \
      | sed -E 's/.*"(token|access_token)" *: *"([^"]+)".*/\2/')")
    headers=$(curl --silent --max-time 20 --head --header "$accept" "${token[@]}" "$url") || return 0
  fi
  head -n 1 <<<"$headers" | grep -q ' 200' || return 0
  tr -d '\r' <<<"$headers" | sed -nE 's/^docker-content-digest: (sha256:[0-9a-f]{64})$/\1/Ip'
}

pin() {
  local unanswered=0 line name image digest new
  new=$(mktemp)
  while IFS= read -r line; do
    if [[ $line =~ ^([A-Z_]+_IMAGE)=(.+)$ ]]; then
      name=${BASH_REMATCH[1]} image=${BASH_REMATCH[2]}
      digest=$(digest_of "$image")
      if [ -n "$digest" ]; then
        line="$name=${image%@*}@$digest"
        echo "$line"
      else
        echo "$name: no registry says which digest $image has; it stays as it is." >&2
        unanswered=$((unanswered + 1))
      fi
    fi
    printf '%s\n' "$line" >>"$new"
  done <"$list"
  cat "$new" >"$list"
  rm "$new"
  [ "$unanswered" -eq 0 ]
}

case "${1:-}" in
  build) build_one control --load && build_one gpu --load ;;
  pin) pin ;;
  sbom)
    mkdir -p out
    for image in control gpu; do build_one "$image" --sbom=true --provenance=mode=max --output "type=oci,dest=out/nasfarm-$image-$version.tar"; done
    ;;
  *) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;;
esac
