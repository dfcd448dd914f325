{{/* What a schema cannot say: values that do not go together, each with the reason. */}}
{{- define "apiserver-lb.rules" -}}
{{- range concat (splitList "," .Values.serverUrl) .Values.serverAddresses }}
{{- $host := include "apiserver-lb.host" . }}
{{- if regexMatch "^kubernetes(\\.default)?$|\\.svc$|\\.svc\\.|\\.cluster\\.local$" $host }}
{{- fail (printf "%s is the name of a Service. A balancer on a node must not need what the API has to work for: cluster DNS and kube-proxy; and in a pod with a sidecar kubernetes.default.svc is the sidecar itself. Give the address that nodes join the cluster with" .) }}
{{- end }}
{{- end }}
{{- if eq .Values.mode "daemonset" }}
{{- if not .Values.serverUrl }}
{{- fail "serverUrl is required: the address that nodes join the cluster with, such as https://192.168.1.177:6443" }}
{{- end }}
{{- else }}
{{- if semverCompare "<1.29.0-0" .Capabilities.KubeVersion.Version }}
{{- fail (printf "mode sidecar needs Kubernetes 1.29 or later, where an init container may stay beside the others; this is %s" .Capabilities.KubeVersion.Version) }}
{{- end }}
{{- if not (regexMatch "^127\\.0\\.0\\.1:[0-9]+$" .Values.listen) }}
{{- fail (printf "listen: %s: a sidecar listens on 127.0.0.1 and one port, where the workload is told to look for it" .Values.listen) }}
{{- end }}
{{- if and .Values.workload.enabled (not .Values.workload.image) }}
{{- fail "workload.image is required in mode sidecar; or set workload.enabled=false if a parent chart has the pods" }}
{{- end }}
{{- end }}
{{- $podMonitor := .Values.metrics.podMonitor.enabled }}
{{- $serviceMonitor := .Values.metrics.serviceMonitor.enabled }}
{{- if and (or $podMonitor $serviceMonitor) (eq .Values.mode "sidecar") (not .Values.workload.enabled) }}
{{- fail "metrics.podMonitor and metrics.serviceMonitor are for pods of this chart, and workload.enabled=false says that there are none: the parent chart, which knows the labels of its pods, has to have a PodMonitor for their port lb-metrics" }}
{{- end }}
{{- if and $podMonitor $serviceMonitor }}
{{- fail "metrics.podMonitor and metrics.serviceMonitor are both enabled: each balancer would be scraped, and counted, twice" }}
{{- end }}
{{- if and (eq .Values.discovery.kind "k3s") (not .Values.discovery.k3s.tokenSecret.name) }}
{{- fail "discovery.k3s.tokenSecret.name is required with discovery.kind=k3s: a Secret with the token that nodes join with" }}
{{- end }}
{{- if and (eq .Values.discovery.kind "k3s") (not .Values.serverUrl) }}
{{- fail "serverUrl is required with discovery.kind=k3s: the supervisor's address, such as https://192.168.1.177:6443" }}
{{- end }}
{{- if and (eq .Values.discovery.kind "none") (not .Values.serverUrl) (not .Values.serverAddresses) }}
{{- fail "with discovery.kind=none somebody has to name the API servers: set serverUrl or serverAddresses" }}
{{- end }}
{{- if and .Values.check.ca.configMap .Values.check.ca.secret }}
{{- fail "check.ca.configMap and check.ca.secret are both set: there is one CA" }}
{{- end }}
{{- end }}

{{/* The host of a URL or of host:port, in small letters and without brackets. */}}
{{- define "apiserver-lb.host" -}}
{{- $rest := . | trim | lower | trimPrefix "https://" | trimPrefix "http://" }}
{{- regexReplaceAll "(:[0-9]+)?/*$" $rest "" | trimPrefix "[" | trimSuffix "]" | trimSuffix "." }}
{{- end }}
