package io.apiserverlb.tls;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The DNS names and IP addresses in a certificate's subject alternative names; a common name counts for nothing (RFC 9525). */
record SubjectNames(List<String> dnsNames, List<String> ipAddresses) {

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    static SubjectNames of(X509Certificate certificate) {
        List<String> dnsNames = new ArrayList<>();
        List<String> ipAddresses = new ArrayList<>();
        for (List<?> name : alternativeNames(certificate)) {
            if (name.get(0).equals(DNS_NAME)) {
                dnsNames.add(String.valueOf(name.get(1)));
            } else if (name.get(0).equals(IP_ADDRESS)) {
                ipAddresses.add(String.valueOf(name.get(1)));
            }
        }
        return new SubjectNames(dnsNames, ipAddresses);
    }

    private static Collection<List<?>> alternativeNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException | RuntimeException e) {
            // JDK 17 throws the latter for some malformed names.
            return List.of();
        }
    }

    /** Whether the certificate is one for this host: an address is looked for among the addresses only, a name among the names. */
    boolean cover(String host) {
        Optional<InetAddress> address = ServerName.ip(host);
        if (address.isPresent()) {
            return ipAddresses.stream().map(ServerName::ip).anyMatch(address::equals);
        }
        String name = ServerName.withoutRootDot(host.toLowerCase(Locale.ROOT));
        return dnsNames.stream().anyMatch(pattern -> matches(pattern.toLowerCase(Locale.ROOT), name));
    }

    /** A wildcard is the whole left-most label and stands for exactly one label. */
    private static boolean matches(String pattern, String name) {
        if (!pattern.startsWith("*.")) {
            return pattern.equals(name);
        }
        int firstDot = name.indexOf('.');
        return firstDot > 0 && pattern.substring(1).equals(name.substring(firstDot));
    }

    /** All of them as text. */
    List<String> all() {
        List<String> all = new ArrayList<>(dnsNames);
        all.addAll(ipAddresses);
        return all;
    }
}
