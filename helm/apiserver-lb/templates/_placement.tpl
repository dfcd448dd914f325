{{/* Where the pods of either mode may run. */}}
{{- define "apiserver-lb.placement" -}}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with ternary .Values.daemonset.tolerations .Values.workload.tolerations (eq .Values.mode "daemonset") }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The same for the test, but for what tolerates all taints: on a node that is down it would never start. */}}
{{- define "apiserver-lb.testPlacement" -}}
{{- $placement := include "apiserver-lb.placement" . | fromYaml }}
{{- $tolerations := list }}
{{- range $placement.tolerations }}
{{- if .key }}
{{- $tolerations = append $tolerations . }}
{{- end }}
{{- end }}
{{- toYaml (set $placement "tolerations" $tolerations) }}
{{- end }}
