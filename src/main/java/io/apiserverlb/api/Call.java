package io.apiserverlb.api;

import io.apiserverlb.pool.InvalidAddressException;
import io.apiserverlb.pool.ServerAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * What the access rules look at in a request.
 *
 * @param path decoded and normalised, without the context path
 * @param loopback whether it came in on a connector that is bound to a loopback address
 * @param from the caller's IP address
 */
record Call(
        String method,
        String path,
        boolean loopback,
        String from,
        @Nullable String host,
        @Nullable String origin,
        @Nullable String fetchSite,
        @Nullable String fetchMode,
        @Nullable String authorization) {

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    static Call of(HttpServletRequest request, boolean loopback) {
        String pathInfo = request.getPathInfo();
        return new Call(
                request.getMethod(),
                request.getServletPath() + (pathInfo == null ? "" : pathInfo),
                loopback,
                from(request),
                request.getHeader(HttpHeaders.HOST),
                request.getHeader(HttpHeaders.ORIGIN),
                request.getHeader("Sec-Fetch-Site"),
                request.getHeader("Sec-Fetch-Mode"),
                request.getHeader(HttpHeaders.AUTHORIZATION));
    }

    /** The caller's IP address in normal form: Tomcat writes IPv6 uncompressed. */
    static String from(HttpServletRequest request) {
        String ip = request.getRemoteAddr();
        try {
            return new ServerAddress(ip, 1).host();
        } catch (InvalidAddressException e) {
            return ip; // a link-local address with its zone
        }
    }

    /** By its connector and by its own address: a host may route what others send to its loopback addresses (CVE-2020-8558). */
    boolean isOfThisHost() {
        return loopback && Values.caller(from).isLoopbackAddress();
    }

    boolean changes() {
        return !READING.contains(method);
    }

    boolean isUnder(String root) {
        return path.equals(root) || path.startsWith(root + "/");
    }
}
