{{/* The pod's side of Pod Security "restricted". user: whom the image runs as. */}}
{{- define "nasfarm.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.images.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "nasfarm.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{- define "nasfarm.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* The affinity that is given; else, where one node alone can mount the checkpoints, the node of the GPU pod. */}}
{{- define "nasfarm.affinity" -}}
{{- if .part.affinity }}
affinity:
  {{- toYaml .part.affinity | nindent 2 }}
{{- else if and .follow (eq .root.Values.artifacts.type "volume") (eq .root.Values.artifacts.volume.accessMode "ReadWriteOnce") }}
affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "nasfarm.selector" (dict "root" .root "part" "gpu") | nindent 12 }}
{{- end }}
{{- end -}}

{{/* Started: the store answers and its tables fit. Ready: so it is now, and a silo is a member. Live: asks nobody. */}}
{{- define "nasfarm.probes" -}}
startupProbe:
  httpGet: { path: /health/started, port: {{ .port }} }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: {{ add (div (int .root.Values.cluster.startSeconds) 5) 24 }}
readinessProbe:
  httpGet: { path: /health/ready, port: {{ .port }} }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
livenessProbe:
  httpGet: { path: /health/live, port: {{ .port }} }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end -}}

{{/* migrate: as the role of the database that may make tables, where that is another one. */}}
{{- define "nasfarm.databaseEnv" -}}
{{- $database := .root.Values.database -}}
{{- if $database.existingSecret }}
{{- $secret := $database.existingSecret }}
{{- if and .migrate $database.migrate.existingSecret }}{{ $secret = $database.migrate.existingSecret }}{{ end }}
- name: NASFARM_STORE
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ $database.urlKey }} } }
{{- with $database.passwordKey }}
- name: PGPASSWORD
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ . }} } }
{{- end }}
{{- else }}
- { name: NASFARM_STORE, value: {{ printf "postgres://nasfarm@%s:5432/nasfarm" (include "nasfarm.databaseName" .root) | quote }} }
- name: PGPASSWORD
  valueFrom: { secretKeyRef: { name: {{ include "nasfarm.databaseName" .root }}, key: password } }
{{- end }}
- { name: NASFARM_SILO_STARTSECONDS, value: {{ .root.Values.cluster.startSeconds | int | quote }} }
- { name: NASFARM_SILO_JSON, value: "true" }
{{- end -}}

{{/* What every part but the migration is told. */}}
{{- define "nasfarm.env" -}}
{{- include "nasfarm.databaseEnv" (dict "root" .root) }}
- { name: NASFARM_SILO_ROLE, value: {{ .role }} }
- { name: NASFARM_SILO_CLUSTERID, value: {{ .root.Values.cluster.clusterId | quote }} }
- { name: NASFARM_SILO_SERVICEID, value: {{ .root.Values.cluster.serviceId | quote }} }
{{- /* The trial's database has nobody else who could make the tables while an installation waits for its pods. */}}
- { name: NASFARM_SILO_TABLES, value: {{ ternary "make" "await" (and (eq .role "control") (not .root.Values.database.existingSecret)) }} }
- { name: HOME, value: /var/lib/nasfarm }
- { name: DOTNET_EnableDiagnostics, value: "0" }
{{- if .root.Values.data.existingClaim }}
- { name: NASFARM_DATA, value: /data }
{{- end }}
{{- $artifacts := .root.Values.artifacts }}
{{- if eq $artifacts.type "volume" }}
- { name: NASFARM_ARTIFACTS, value: {{ printf "/var/lib/nasfarm-shared/artifacts?cache=%s" $artifacts.cache | quote }} }
{{- else }}
{{- $query := list (printf "cache=%s" $artifacts.cache) }}
{{- with $artifacts.s3.endpoint }}{{ $query = append $query (printf "endpoint=%s" .) }}{{ end }}
{{- with $artifacts.s3.region }}{{ $query = append $query (printf "region=%s" .) }}{{ end }}
- { name: NASFARM_ARTIFACTS, value: {{ printf "s3://%s/%s?%s" $artifacts.s3.bucket $artifacts.s3.prefix (join "&" $query) | quote }} }
{{- with $artifacts.s3.existingSecret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: { secretKeyRef: { name: {{ . }}, key: AWS_ACCESS_KEY_ID } }
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: { secretKeyRef: { name: {{ . }}, key: AWS_SECRET_ACCESS_KEY } }
{{- end }}
{{- end }}
{{- with .extra }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "nasfarm.siloEnv" -}}
- name: NASFARM_SILO_ADDRESS
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
- { name: NASFARM_SILO_SILOPORT, value: {{ .Values.cluster.siloPort | int | quote }} }
- { name: NASFARM_SILO_GATEWAYPORT, value: {{ .Values.cluster.gatewayPort | int | quote }} }
- { name: NASFARM_SILO_HEALTHURL, value: {{ printf "http://0.0.0.0:%d" (int .Values.cluster.healthPort) | quote }} }
- { name: NASFARM_SILO_LEASESECONDS, value: {{ .Values.cluster.leaseSeconds | int | quote }} }
- { name: NASFARM_SILO_POLLSECONDS, value: {{ .Values.cluster.pollSeconds | int | quote }} }
- { name: NASFARM_SILO_PROBESECONDS, value: {{ .Values.cluster.probeSeconds | int | quote }} }
{{- end -}}

{{- define "nasfarm.siloPorts" -}}
ports:
  - { name: silo, containerPort: {{ int .Values.cluster.siloPort }} }
  - { name: gateway, containerPort: {{ int .Values.cluster.gatewayPort }} }
  - { name: health, containerPort: {{ int .Values.cluster.healthPort }} }
{{- end -}}

{{- define "nasfarm.mounts" -}}
- { name: home, mountPath: /var/lib/nasfarm }
- { name: tmp, mountPath: /tmp }
{{- if eq .Values.artifacts.type "volume" }}
- { name: shared, mountPath: /var/lib/nasfarm-shared }
{{- end }}
{{- if .Values.data.existingClaim }}
- { name: data, mountPath: /data, readOnly: true }
{{- end }}
{{- end -}}

{{/* scratch: bound of what a pod keeps by itself. */}}
{{- define "nasfarm.volumes" -}}
- { name: home, emptyDir: { sizeLimit: {{ .scratch }} } }
- { name: tmp, emptyDir: { sizeLimit: 1Gi } }
{{- if eq .root.Values.artifacts.type "volume" }}
- { name: shared, persistentVolumeClaim: { claimName: {{ include "nasfarm.artifactsClaim" .root }} } }
{{- end }}
{{- with .root.Values.data.existingClaim }}
- { name: data, persistentVolumeClaim: { claimName: {{ . }}, readOnly: true } }
{{- end }}
{{- end -}}
