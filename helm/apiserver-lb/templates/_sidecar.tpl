{{/*
For the pods of other charts, each with the scope of this one, which a parent has as index .Subcharts "apiserver-lb":
  apiserver-lb.sidecar      an entry of initContainers, the first
  apiserver-lb.hostAliases  entries of hostAliases
  apiserver-lb.env          entries of env, for each container whose in-cluster client is to use the balancer
  apiserver-lb.volumes      entries of volumes
  apiserver-lb.noProxy      for NO_PROXY, where a container has a proxy
*/}}
{{- define "apiserver-lb.sidecar" -}}
- {{ include "apiserver-lb.container" . | indent 2 | trim }}
  restartPolicy: Always
  ports:
    - name: lb-metrics
      containerPort: {{ .Values.managementPort }}
  {{- include "apiserver-lb.livenessProbes" . | nindent 2 }}
  {{- if .Values.sidecar.readinessProbe }}
  {{- include "apiserver-lb.readinessProbe" . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* Every API server's certificate covers this name, so clients can verify it although they talk to 127.0.0.1. */}}
{{- define "apiserver-lb.hostAliases" -}}
- ip: 127.0.0.1
  hostnames: [kubernetes.default.svc]
{{- end }}

{{- define "apiserver-lb.env" -}}
- name: KUBERNETES_SERVICE_HOST
  value: kubernetes.default.svc
- name: KUBERNETES_SERVICE_PORT
  value: {{ regexFind "[0-9]+$" .Values.listen | quote }}
{{- end }}

{{- define "apiserver-lb.noProxy" -}}
kubernetes.default.svc,127.0.0.1
{{- end }}
