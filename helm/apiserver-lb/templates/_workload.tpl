{{/*
The workload's environment. Its client is led to the sidecar, past any proxy: a NO_PROXY of its own gets two more entries, and where there is
none, or only that of a ConfigMap or Secret, one is set.
*/}}
{{- define "apiserver-lb.workloadEnv" -}}
{{- $more := include "apiserver-lb.noProxy" . }}
{{- $has := false -}}
{{- range .Values.workload.env }}
{{- if has .name (list "KUBERNETES_SERVICE_HOST" "KUBERNETES_SERVICE_PORT") }}
{{- fail (printf "workload.env: %s is what leads the workload's client to the balancer, and is set by this chart" .name) }}
{{- end }}
{{- if has .name (list "NO_PROXY" "no_proxy") }}
{{- $has = true }}
{{- if not .value }}
{{- fail (printf "workload.env: %s needs a value, as %s has to be added to it" .name $more) }}
{{- end }}
- name: {{ .name }}
  value: {{ printf "%s,%s" .value $more | quote }}
{{- else }}
- {{ toYaml . | nindent 2 | trim }}
{{- end }}
{{- end }}
{{- /* The kubelet puts in what envFrom has. */}}
{{- if not $has }}
{{- range list "NO_PROXY" "no_proxy" }}
- name: {{ . }}
  value: {{ ternary (printf "$(%s),%s" . $more) $more (not (empty $.Values.workload.envFrom)) | quote }}
{{- end }}
{{- end }}
{{ include "apiserver-lb.env" . }}
{{- end }}
