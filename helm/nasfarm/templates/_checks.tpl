{{/* What values must be together; a schema sees them one by one. */}}
{{- define "nasfarm.checks" -}}
{{- $once := and (eq .Values.artifacts.type "volume") (eq .Values.artifacts.volume.accessMode "ReadWriteOnce") -}}
{{- $silos := 0 -}}
{{- range $name, $own := .Values.gpu.pools -}}
{{- $pool := include "nasfarm.pool" (dict "root" $ "name" $name) | fromJson -}}
{{- $silos = add $silos (ternary $pool.autoscaling.maxReplicas $pool.replicas $pool.autoscaling.enabled | int) -}}
{{- if and (not $pool.device) (lt (int $pool.cpuSlots) 1) -}}
{{- fail (printf "gpu.pools.%s has no slot: give device and count, or cpuSlots." $name) -}}
{{- end -}}
{{- if and (contains "/mig-" $pool.device) (gt (int $pool.count) 1) -}}
{{- fail (printf "gpu.pools.%s: count is %v and device %s; a process sees one instance of MIG, so take count 1 and more replicas." $name $pool.count $pool.device) -}}
{{- end -}}
{{- if and $pool.autoscaling.enabled (gt (int $pool.autoscaling.minReplicas) (int $pool.autoscaling.maxReplicas)) -}}
{{- fail (printf "gpu.pools.%s.autoscaling: minReplicas is %v and maxReplicas %v; it must not be more." $name $pool.autoscaling.minReplicas $pool.autoscaling.maxReplicas) -}}
{{- end -}}
{{- end -}}
{{- if and $once (gt (int $silos) 1) -}}
{{- fail (printf "artifacts.volume.accessMode is ReadWriteOnce, which one node mounts, and there may be %d GPU pods: take ReadWriteMany, or artifacts.type s3." $silos) -}}
{{- end -}}
{{- if and (gt (int .Values.api.replicas) 1) (eq .Values.artifacts.type "s3") (not .Values.api.sharedHomeClaim) -}}
{{- fail (printf "api.replicas is %d: logins are sealed with keys that all of them read; name a ReadWriteMany claim in api.sharedHomeClaim, or take one replica." (int .Values.api.replicas)) -}}
{{- end -}}
{{- if and .Values.database.migrate.existingSecret (not .Values.database.existingSecret) -}}
{{- fail "database.migrate.existingSecret is given without database.existingSecret: the trial's database has one role." -}}
{{- end -}}
{{- $ports := list (int .Values.cluster.siloPort) (int .Values.cluster.gatewayPort) (int .Values.cluster.healthPort) -}}
{{- if lt (len (uniq $ports)) 3 -}}
{{- fail (printf "cluster.siloPort, gatewayPort and healthPort are %v; they must differ." $ports) -}}
{{- end -}}
{{- $jwt := list .Values.auth.jwt.issuer .Values.auth.jwt.audience .Values.auth.jwt.existingSecret -}}
{{- if and (has "" $jwt) (ne (join "" $jwt) "") -}}
{{- fail "auth.jwt takes issuer, audience and existingSecret, all three or none." -}}
{{- end -}}
{{- end -}}
