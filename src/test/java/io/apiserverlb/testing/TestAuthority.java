package io.apiserverlb.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/** A cluster's certificate authority. */
public final class TestAuthority {
    private final X509Bundle root;

    public TestAuthority(String name) {
        root = made(() -> builder("CN=" + name).setIsCertificateAuthority(true).buildSelfSigned());
    }

    private static CertificateBuilder builder(String subject) {
        return new CertificateBuilder().ecp256().subject(subject);
    }

    public String pem() {
        return root.getCertificatePEM();
    }

    public X509Bundle server(String dnsName) {
        return server(dnsName, CertificateBuilder.Algorithm.ecp256);
    }

    public X509Bundle server(String dnsName, CertificateBuilder.Algorithm algorithm) {
        return made(() -> builder("CN=kube-apiserver")
                .algorithm(algorithm)
                .addExtendedKeyUsageServerAuth()
                .addSanDnsName(dnsName)
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(root));
    }

    public X509Bundle client(CertificateBuilder.Algorithm algorithm) {
        return client(algorithm, "CN=node");
    }

    public X509Bundle client(CertificateBuilder.Algorithm algorithm, String subject) {
        return made(() -> builder(subject)
                .algorithm(algorithm)
                .addExtendedKeyUsageClientAuth()
                .buildIssuedBy(root));
    }

    private interface Maker {
        X509Bundle make() throws Exception;
    }

    private static X509Bundle made(Maker maker) {
        try {
            return maker.make();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
