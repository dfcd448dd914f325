package io.apiserverlb.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardedCredentialTest {

    private static final X509Bundle CLIENT = TestPki.selfSigned(TestPki.authority("CN=client"));
    private static final ClientCredential CREDENTIAL = new ClientCredential(
            List.of(CLIENT.getCertificate()), CLIENT.getKeyPair().getPrivate());

    @Test
    void offersTheCertificateToAServerThatTakesItsKindOfKey() {
        GuardedCredential keys = new GuardedCredential(CREDENTIAL, () -> true);

        assertThat(keys.chooseEngineClientAlias(new String[] {"RSA", "EC"}, null, null))
                .isNotNull();
        assertThat(keys.chooseEngineClientAlias(new String[] {"RSA"}, null, null))
                .isNull();
    }

    @Test
    void offersNothingToAServerThatIsNotVerified() {
        GuardedCredential keys = new GuardedCredential(CREDENTIAL, () -> false);

        assertThat(keys.chooseEngineClientAlias(new String[] {"RSA", "EC"}, null, null))
                .isNull();
    }
}
