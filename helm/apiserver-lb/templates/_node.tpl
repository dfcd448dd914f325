{{/*
The pods of a DaemonSet, with what stands for their instance (lb.instance). That is made of all the rest of the pod: two pods of an update never
have the same, and what is not in the pod replaces none.
*/}}
{{- define "apiserver-lb.nodePod" -}}
metadata:
  labels:
    {{- merge (include "apiserver-lb.labels" . | fromYaml) .Values.podLabels | toYaml | nindent 4 }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  hostNetwork: true
  dnsPolicy: Default
  enableServiceLinks: false
  serviceAccountName: {{ include "apiserver-lb.serviceAccountName" . }}
  automountServiceAccountToken: {{ or (eq .Values.discovery.kind "kubernetes") .Values.admin.kubernetesAuth }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.daemonset.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- include "apiserver-lb.placement" . | nindent 2 }}
  # A hand-over that is under way (10 s at most), grace and drain are over by then, and the list is written.
  terminationGracePeriodSeconds: {{ add .Values.shutdown.graceSeconds .Values.shutdown.drainSeconds 25 }}
  securityContext:
    runAsNonRoot: true
    seccompProfile:
      type: RuntimeDefault
  containers:
    - {{ include "apiserver-lb.container" . | indent 6 | trim }}
      {{- include "apiserver-lb.livenessProbes" . | nindent 6 }}
      {{- include "apiserver-lb.readinessProbe" . | nindent 6 }}
  volumes:
    {{- include "apiserver-lb.volumes" . | nindent 4 }}
{{- end }}

{{- define "apiserver-lb.instance" -}}
instance-of-this-pod
{{- end }}
