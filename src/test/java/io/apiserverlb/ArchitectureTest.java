package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the product to the picture of its architecture, and shows that every breach would be noticed. */
class ArchitectureTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.apiserverlb");
    private static final JavaClasses BROKEN = new ClassFileImporter().importPackages("io.apiserverlb.broken");

    private final HouseRules rules = new HouseRules("io.apiserverlb");
    private final HouseRules ofBroken = new HouseRules("io.apiserverlb.broken");

    private static List<String> breaches(ArchRule rule) {
        return rule.evaluate(BROKEN).getFailureReport().getDetails();
    }

    private static void assertNoticed(ArchRule rule, String culprit, String uses) {
        assertThat(breaches(rule))
                .anySatisfy(breach -> assertThat(breach)
                        .contains("io.apiserverlb.broken." + culprit)
                        .contains(uses));
    }

    @Test
    void roomsMeetOnlyInThePoolAndInTls() {
        rules.neighbours().check(PRODUCT);
    }

    @Test
    void noticesARoomThatUsesWhatItMayNot() {
        ArchRule rule = ofBroken.neighbours();

        assertNoticed(rule, "api.UsesAnotherRoom", "broken.proxy.UsesSpring");
        assertNoticed(rule, "api.UsesTls", "broken.tls.UsesThePool");
        assertNoticed(rule, "state.KnowsTheWiring", "broken.Wiring");
        assertNoticed(rule, "pool.UsesARoom", "broken.api.UsesAnotherRoom");
        assertNoticed(rule, "pool.UsesTls", "broken.tls.UsesThePool");
        assertNoticed(rule, "tls.UsesThePool", "broken.pool.UsesARoom");
    }

    @Test
    void everyPackageIsInThePicture() {
        rules.noOtherPackages().check(PRODUCT);
    }

    @Test
    void noticesAPackageThatIsNotInThePicture() {
        assertNoticed(ofBroken.noOtherPackages(), "util.InNoRoom", "does not reside");
    }

    @Test
    void springIsOnlyAtTheSurface() {
        rules.springOnlyAtTheSurface().check(PRODUCT);
    }

    @Test
    void noticesSpringInside() {
        assertNoticed(
                ofBroken.springOnlyAtTheSurface(), "proxy.UsesSpring", "org.springframework.core.env.Environment");
    }

    @Test
    void poolAndTlsArePlainJava() {
        rules.plainJava().check(PRODUCT);
    }

    @Test
    void noticesLibrariesInPoolAndTls() {
        ArchRule rule = ofBroken.plainJava();

        assertNoticed(rule, "pool.UsesLibraries", "io.netty.channel.Channel");
        assertNoticed(rule, "pool.UsesLibraries", "tools.jackson.databind.ObjectMapper");
        assertNoticed(rule, "pool.UsesLibraries", "io.fabric8.kubernetes.client.KubernetesClient");
        assertNoticed(rule, "pool.UsesLibraries", "org.springframework.core.env.Environment");
        assertNoticed(rule, "tls.UsesALibrary", "io.netty.handler.ssl.SslContext");
    }

    @Test
    void nobodyUsesJackson2() {
        rules.noJackson2().check(PRODUCT);
    }

    @Test
    void noticesJackson2() {
        ArchRule rule = ofBroken.noJackson2();

        assertNoticed(rule, "check.UsesJackson2", "com.fasterxml.jackson.core.JsonParser");
        assertNoticed(rule, "check.UsesJackson2", "com.fasterxml.jackson.databind.ObjectMapper");
    }

    @Test
    void packagesDoNotDependOnOneAnotherInACircle() {
        rules.noCycles().check(PRODUCT);
    }

    @Test
    void noticesACircle() {
        assertNoticed(ofBroken.noCycles(), "discovery.one.TurnsInACircle", "discovery.two.TurnsBack");
    }
}
