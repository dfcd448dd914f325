{{- define "apiserver-lb.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Of all objects. */}}
{{- define "apiserver-lb.fullname" -}}
{{- $name := printf "%s-%s" .Release.Name (include "apiserver-lb.name" .) }}
{{- .Values.fullnameOverride | default $name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "apiserver-lb.selectorLabels" -}}
app.kubernetes.io/name: {{ include "apiserver-lb.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "apiserver-lb.labels" -}}
{{ include "apiserver-lb.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 }}
{{- end }}

{{/* Of the balancer (lb.name). Who has the same name on the same network takes over the listeners, so it is that of one release only. */}}
{{- define "apiserver-lb.lbName" -}}
{{- $name := printf "%s.%s" .Release.Namespace (include "apiserver-lb.fullname" .) }}
{{- if gt (len $name) 63 }}
{{- $name = printf "%s-%s" (trunc 54 $name) (sha256sum $name | trunc 8) }}
{{- end }}
{{- .Values.name | default $name }}
{{- end }}

{{- define "apiserver-lb.serviceAccountName" -}}
{{- $created := ternary (include "apiserver-lb.fullname" .) "default" .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default $created }}
{{- end }}

{{- define "apiserver-lb.image" -}}
{{- with .Values.image }}
{{- if .digest }}
{{- printf "%s@%s" .repository .digest }}
{{- else }}
{{- printf "%s:%s" .repository (.tag | default $.Chart.AppVersion) }}
{{- end }}
{{- end }}
{{- end }}
