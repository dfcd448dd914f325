{{/* Where the pods of either mode, and those of the test, may run. */}}
{{- define "apiserver-lb.placement" -}}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- $tolerations := ternary .Values.daemonset.tolerations .Values.workload.tolerations (eq .Values.mode "daemonset") -}}
{{- with $tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
