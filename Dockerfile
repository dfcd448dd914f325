# Builds the jar and an image that runs it: `docker build -t apiserver-lb .`
ARG BUILD_IMAGE=maven:3-eclipse-temurin-25
ARG RUN_IMAGE=eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY pom.xml application.yml ./
COPY src src
RUN mvn -B -ntp -q package -DskipTests

FROM ${RUN_IMAGE}
COPY --from=build /src/target/apiserver-lb.jar /src/src/main/jvm/service.options /opt/apiserver-lb/
RUN mkdir -p /var/lib/apiserver-lb && chown 65532:65532 /var/lib/apiserver-lb
USER 65532:65532
VOLUME /var/lib/apiserver-lb
# REST stays on the loopback address; health and metrics alone are for others.
ENV LB_STATE_FILE=/var/lib/apiserver-lb/\${lb.name:apiserver}.json \
    MANAGEMENT_SERVER_ADDRESS=0.0.0.0 \
    MANAGEMENT_SERVER_PORT=9464 \
    MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE=health,prometheus
EXPOSE 9464
ENTRYPOINT ["java", "@/opt/apiserver-lb/service.options", "-jar", "/opt/apiserver-lb/apiserver-lb.jar"]
