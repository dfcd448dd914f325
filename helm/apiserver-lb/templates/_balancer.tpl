{{/* The balancer's container, the same in both modes but for its probe of readiness. */}}
{{- define "apiserver-lb.container" -}}
name: apiserver-lb
image: {{ include "apiserver-lb.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.extraArgs }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
env:
  {{- include "apiserver-lb.containerEnv" . | nindent 2 }}
{{- include "apiserver-lb.containerSecurity" . }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - name: apiserver-lb-state
    mountPath: /var/lib/apiserver-lb
  {{- range include "apiserver-lb.files" . | fromYamlArray }}
  - name: {{ .name }}
    mountPath: {{ .folder }}
    readOnly: true
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "apiserver-lb.containerEnv" -}}
{{- $own := list "NODE_NAME" "SERVER_PORT" "MANAGEMENT_SERVER_ADDRESS" "MANAGEMENT_SERVER_PORT" "LB_NAME" "LB_SERVER_URL" "LB_SERVER_ADDRESSES" "LB_LISTEN" "LB_DISCOVERY_KIND" "LB_DISCOVERY_K3S_TOKEN_FILE" "LB_DISCOVERY_K3S_PROGRAM" "LB_CHECK_CA_FILE" "LB_CHECK_SERVER_NAME" "LB_ADMIN_TOKEN_FILE" "LB_ADMIN_KUBERNETES_AUTH" "LB_SHUTDOWN_GRACE" "LB_SHUTDOWN_DRAIN" "LB_HANDOVER" "LB_INSTANCE" }}
{{- range $key, $value := .Values.env }}
{{- if has $key $own }}
{{- fail (printf "env.%s has a value of its own in this chart: set that" $key) }}
{{- end }}
{{- end -}}
- name: NODE_NAME
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
- name: LB_NAME
  value: {{ include "apiserver-lb.lbName" . | quote }}
{{- with .Values.serverUrl }}
- name: LB_SERVER_URL
  value: {{ . | quote }}
{{- end }}
{{- with .Values.serverAddresses }}
- name: LB_SERVER_ADDRESSES
  value: {{ join "," . | quote }}
{{- end }}
- name: LB_LISTEN
  value: {{ .Values.listen | quote }}
- name: SERVER_PORT
  value: {{ .Values.restPort | quote }}
- name: MANAGEMENT_SERVER_ADDRESS
  value: 0.0.0.0
- name: MANAGEMENT_SERVER_PORT
  value: {{ .Values.managementPort | quote }}
- name: LB_DISCOVERY_KIND
  value: {{ .Values.discovery.kind | quote }}
{{- if eq .Values.discovery.kind "k3s" }}
- name: LB_DISCOVERY_K3S_PROGRAM
  value: {{ .Values.discovery.k3s.program | quote }}
{{- end }}
{{- range include "apiserver-lb.files" . | fromYamlArray }}
- name: {{ .variable }}
  value: {{ printf "%s/%s" .folder .key | quote }}
{{- end }}
{{- with .Values.check.serverName }}
- name: LB_CHECK_SERVER_NAME
  value: {{ . | quote }}
{{- end }}
{{- if .Values.admin.kubernetesAuth }}
- name: LB_ADMIN_KUBERNETES_AUTH
  value: "true"
{{- end }}
- name: LB_SHUTDOWN_GRACE
  value: {{ printf "%vs" .Values.shutdown.graceSeconds | quote }}
- name: LB_SHUTDOWN_DRAIN
  value: {{ printf "%vs" .Values.shutdown.drainSeconds | quote }}
{{- if eq .Values.mode "daemonset" }}
- name: LB_HANDOVER
  value: {{ .Values.daemonset.handover | quote }}
- name: LB_INSTANCE
  value: {{ include "apiserver-lb.instance" . }}
{{- end }}
{{- range $key, $value := .Values.env }}
- name: {{ $key | quote }}
  {{- if kindIs "map" $value }}
  {{- toYaml $value | nindent 2 }}
  {{- else }}
  value: {{ kindIs "string" $value | ternary $value (toJson $value) | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Restricted Pod Security, whatever the pod has. */}}
{{- define "apiserver-lb.containerSecurity" }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{/* Files of ConfigMaps and Secrets that the balancer is told of. */}}
{{- define "apiserver-lb.files" -}}
{{- $files := list }}
{{- with .Values.discovery }}
{{- if eq .kind "k3s" }}
{{- $files = append $files (dict "name" "apiserver-lb-k3s" "variable" "LB_DISCOVERY_K3S_TOKEN_FILE" "secret" .k3s.tokenSecret.name "key" .k3s.tokenSecret.key) }}
{{- end }}
{{- end }}
{{- with .Values.check.ca }}
{{- if or .configMap .secret }}
{{- $files = append $files (dict "name" "apiserver-lb-ca" "variable" "LB_CHECK_CA_FILE" "configMap" .configMap "secret" .secret "key" .key) }}
{{- end }}
{{- end }}
{{- with .Values.admin.tokenSecret }}
{{- if .name }}
{{- $files = append $files (dict "name" "apiserver-lb-admin" "variable" "LB_ADMIN_TOKEN_FILE" "secret" .name "key" .key) }}
{{- end }}
{{- end }}
{{- range $files }}
{{- $_ := set . "folder" (printf "/etc/%s" (replace "apiserver-lb-" "apiserver-lb/" .name)) }}
{{- end }}
{{- toYaml $files }}
{{- end }}

{{/* The volumes of that container. */}}
{{- define "apiserver-lb.volumes" -}}
- name: apiserver-lb-state
  {{- if and (eq .Values.mode "daemonset") .Values.daemonset.state.hostPath }}
  hostPath:
    path: {{ .Values.daemonset.state.hostPath }}
    # The kubelet would make it for root alone.
    type: Directory
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- range include "apiserver-lb.files" . | fromYamlArray }}
- name: {{ .name }}
  {{- if .secret }}
  secret:
    secretName: {{ .secret }}
  {{- else }}
  configMap:
    name: {{ .configMap }}
  {{- end }}
    items:
      - key: {{ .key }}
        path: {{ .key }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "apiserver-lb.readinessProbe" -}}
readinessProbe:
  httpGet:
    {{- if eq .Values.mode "daemonset" }}
    # Not whether an API server is up: of two pods on a node the old one is deleted as soon as it is not ready, so in an outage an update would
    # close the port. A new process listens only when a server has passed a check.
    path: /actuator/health/listening
    {{- else }}
    path: /actuator/health/readiness
    {{- end }}
    port: {{ .Values.managementPort }}
    {{- if eq .Values.mode "daemonset" }}
    httpHeaders:
      # In an update two pods share the port: each is ready when it is its own process that answers there.
      - name: Apiserver-Lb-Instance
        value: {{ include "apiserver-lb.instance" . }}
    {{- end }}
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}

{{/* They never depend on API servers. */}}
{{- define "apiserver-lb.livenessProbes" -}}
startupProbe:
  httpGet:
    path: /actuator/health/liveness
    port: {{ .Values.managementPort }}
  periodSeconds: 1
  timeoutSeconds: 5
  failureThreshold: 120
livenessProbe:
  httpGet:
    path: /actuator/health/liveness
    port: {{ .Values.managementPort }}
  periodSeconds: 10
  timeoutSeconds: 5
{{- end }}
