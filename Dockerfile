# Builds the jar and an image that runs it: `docker build -t apiserver-lb .`
#
# The build needs an image with JDK 25, Maven and a shell on Debian or Ubuntu, and Maven Central; whatever it runs on, amd64 or arm64, is what
# the image is for. The image itself has no shell and no other program: a run-time of the modules that are needed, the C library of the build
# image, and the jars. docs/footprint.md tells what the figures are and why.
ARG BUILD_IMAGE=maven:3-eclipse-temurin-25

FROM ${BUILD_IMAGE} AS jar
WORKDIR /src
COPY pom.xml application.yml ./
COPY src src
RUN mvn -B -ntp -q package -DskipTests \
    && java -Djarmode=tools -jar target/apiserver-lb.jar extract --layers --destination /layers

FROM ${BUILD_IMAGE} AS system
# jdeps finds these; of java.desktop only java.beans is used, so its native code stays away. jdk.net is for keep-alive, jdk.management for the
# metrics of the process, jdk.unsupported for Netty.
RUN jlink --output /opt/jre --no-header-files --no-man-pages --add-modules \
java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.scripting,\
java.security.jgss,java.sql,java.xml,jdk.management,jdk.net,jdk.unsupported \
    && cd /opt/jre/lib && rm -f libawt*.so libfontmanager.so libfreetype.so libjavajpeg.so libjawt.so libjsound.so liblcms.so \
        libmlib_image.so libsplashscreen.so
# Providers whose modules are left out are looked for among all jars, and Bouncy Castle's, which is for the demo, would be started for it.
RUN file=/opt/jre/conf/security/java.security \
    && awk -F= '!/^security\.provider\.[0-9]+=/ { print; next } \
        $2 !~ /^(SunSASL|XMLDSig|SunPCSC|JdkLDAP|JdkSASL|SunPKCS11)/ { print "security.provider." ++n "=" $2 }' $file > $file.new \
    && mv $file.new $file
# The C library and what names are looked up by; its package is named where scanners look.
RUN mkdir -p /system/etc /system/var/lib/dpkg/status.d /system/usr/share/doc \
    && ldd /opt/jre/bin/java /opt/jre/lib/*.so /opt/jre/lib/server/libjvm.so \
        | awk '$3 ~ /^\/(usr\/)?lib/ { print $3 } $1 ~ /^\/(usr\/)?lib/ { print $1 }' | grep -v ':$' | sort -u \
        | xargs cp --parents -L -t /system \
    && cp -L /etc/os-release /system/etc/ \
    && dpkg -s libc6 > /system/var/lib/dpkg/status.d/libc6 \
    && if [ -e /usr/share/doc/libc6/copyright ]; then cp --parents -L /usr/share/doc/libc6/copyright /system/; fi \
    && echo 'hosts: files dns' > /system/etc/nsswitch.conf \
    && echo 'nonroot:x:65532:65532::/var/lib/apiserver-lb:/sbin/nologin' > /system/etc/passwd \
    && echo 'nonroot:x:65532:' > /system/etc/group \
    && mkdir -p /system/var/lib/apiserver-lb && chmod 1777 /system/var/lib/apiserver-lb

FROM system AS program
WORKDIR /opt/apiserver-lb
COPY --from=jar /layers/dependencies ./
COPY --from=jar /layers/application ./
COPY src/main/jvm/service.options src/main/jvm/image.options ./
COPY src/main/jvm /training/src/main/jvm
COPY bench/start /training/bench/start
# Netty's native code lies there ready to be loaded: unpacking it would take a folder that can be written.
RUN arch=$(uname -m | sed 's/aarch64/aarch_64/') && mkdir native && cd native \
    && jar --extract --file ../lib/netty-transport-native-epoll-*-linux-"$arch".jar META-INF/native \
    && mv META-INF/native/*.so . && rm -r META-INF ../lib/netty-transport-native-epoll-*-linux-*.jar
# The cache is good for exactly this run-time, these jars with these times, and these options.
ARG SOURCE_DATE_EPOCH=1795478400
RUN find /opt /system -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} + \
    && /training/bench/start/train /opt/jre/bin/java "$PWD/apiserver-lb.jar" "$PWD/apiserver-lb.aot" \
        @service.options @image.options \
    && touch -d "@$SOURCE_DATE_EPOCH" apiserver-lb.aot .

FROM scratch
ARG VERSION=0.1.0-SNAPSHOT
LABEL org.opencontainers.image.title=apiserver-lb \
      org.opencontainers.image.description="A load balancer for Kubernetes API servers that runs next to its clients." \
      org.opencontainers.image.licenses=Apache-2.0 \
      org.opencontainers.image.version=${VERSION}
COPY --from=program /system /
COPY --from=program /opt/jre /opt/jre
COPY --from=program /opt/apiserver-lb/lib /opt/apiserver-lb/lib
COPY --from=program /opt/apiserver-lb/native /opt/apiserver-lb/native
COPY --from=program /opt/apiserver-lb/apiserver-lb.jar /opt/apiserver-lb/service.options /opt/apiserver-lb/image.options /opt/apiserver-lb/
COPY --from=program /opt/apiserver-lb/apiserver-lb.aot /opt/apiserver-lb/
USER 65532:65532
WORKDIR /opt/apiserver-lb
VOLUME /var/lib/apiserver-lb
# REST stays on the loopback address; health and metrics alone are for others.
ENV LANG=C.UTF-8 \
    HOME=/var/lib/apiserver-lb \
    MALLOC_ARENA_MAX=2 \
    LB_STATE_FILE=/var/lib/apiserver-lb/\${lb.name:apiserver}.json \
    MANAGEMENT_SERVER_ADDRESS=0.0.0.0 \
    MANAGEMENT_SERVER_PORT=9464 \
    MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE=health,prometheus
EXPOSE 9464
# No HEALTHCHECK: without a shell it would be a second JVM every few seconds. Whoever runs this asks /actuator/health/liveness.
ENTRYPOINT ["/opt/jre/bin/java", "@/opt/apiserver-lb/service.options", "@/opt/apiserver-lb/image.options", \
            "-XX:AOTCache=/opt/apiserver-lb/apiserver-lb.aot", "-jar", "/opt/apiserver-lb/apiserver-lb.jar"]
