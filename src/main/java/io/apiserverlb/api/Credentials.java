package io.apiserverlb.api;

import jakarta.servlet.http.HttpServletRequest;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.stereotype.Component;

/** What a call shows of who makes it, looked at only where it matters: a reader's may be wrong. */
@Component
final class Credentials implements AuthenticationConverter {
    /** Jakarta Servlet 6.1, section 3.9; there is one only if TLS has verified it. */
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    private final Connectors connectors;
    private final Logins logins;
    private final Set<String> clientNames;

    Credentials(Connectors connectors, Logins logins, AccessSettings settings) {
        this.connectors = connectors;
        this.logins = logins;
        this.clientNames = settings.clientNames();
    }

    /** Whether there are some that would do. */
    boolean canBeShown() {
        return logins.takeTokens() || !clientNames.isEmpty();
    }

    @Override
    public @Nullable Authentication convert(HttpServletRequest request) {
        Call call = connectors.call(request);
        if (!Rights.areNeededFor(request, call)) {
            return null;
        }
        Optional<String> holder = commonName(request).filter(clientNames::contains);
        if (holder.isPresent()) {
            return KnownCaller.byCertificate(holder.get());
        }
        return logins.takeTokens() ? BearerToken.of(call.authorization(), call.from()) : null;
    }

    private static Optional<String> commonName(HttpServletRequest request) {
        if (!(request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain) || chain.length == 0) {
            return Optional.empty();
        }
        try {
            return new LdapName(chain[0].getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .map(Rdn::getValue)
                            .filter(String.class::isInstance)
                            .map(String.class::cast)
                            .reduce((first, last) -> last);
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }
}
