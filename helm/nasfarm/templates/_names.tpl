{{- define "nasfarm.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of a part; never changed in a release's life. */}}
{{- define "nasfarm.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .part }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- with .pool }}
nasfarm.io/pool: {{ . }}
{{- end }}
{{- end -}}

{{- define "nasfarm.labels" -}}
{{ include "nasfarm.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: nasfarm
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* repository:tag@digest; a digest alone decides when it is given. */}}
{{- define "nasfarm.image" -}}
{{- $tag := default .root.Chart.AppVersion .image.tag -}}
{{- printf "%s:%s" .image.repository $tag -}}{{- with .image.digest }}@{{ . }}{{- end -}}
{{- end -}}

{{- define "nasfarm.databaseName" -}}{{ include "nasfarm.fullname" . }}-database{{- end -}}
{{- define "nasfarm.tokenSecret" -}}{{ default (printf "%s-token" (include "nasfarm.fullname" .)) .Values.auth.existingSecret }}{{- end -}}
{{- define "nasfarm.artifactsClaim" -}}{{ default (printf "%s-artifacts" (include "nasfarm.fullname" .)) .Values.artifacts.volume.existingClaim }}{{- end -}}

{{/* A GPU pool: what holds for all, overlaid with its own. */}}
{{- define "nasfarm.pool" -}}
{{- $all := omit (deepCopy .root.Values.gpu) "pools" -}}
{{- mergeOverwrite $all (deepCopy (default (dict) (get .root.Values.gpu.pools .name))) | toJson -}}
{{- end -}}
