package io.apiserverlb;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The rules of the picture in {@code docs/architecture.md}, for the product or for any other house of the same plan.
 *
 * @param base the base package
 */
record HouseRules(String base) {
    /** What each package below the base package may use of the others. */
    private static final Map<String, Set<String>> NEIGHBOURS = Map.of(
            "api", Set.of("pool"),
            "actuate", Set.of("pool"),
            "discovery", Set.of("pool", "tls"),
            "state", Set.of("pool"),
            "check", Set.of("pool", "tls"),
            "proxy", Set.of("pool"),
            "demo", Set.of("pool", "tls"),
            "handover", Set.of(),
            "pool", Set.of(),
            "tls", Set.of());

    private static final Set<String> WITH_SPRING = Set.of("api", "actuate", "demo");

    /** Rooms meet only in the pool (and some in tls), which know no room; nobody knows the base package. */
    ArchRule neighbours() {
        return CompositeArchRule.of(NEIGHBOURS.entrySet().stream()
                .map(entry -> neighbours(entry.getKey(), entry.getValue()))
                .toList());
    }

    private ArchRule neighbours(String room, Set<String> others) {
        String[] allowed = Stream.concat(Stream.of(room), others.stream())
                .map(this::inside)
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(inside(room))
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(base + "..").or(resideInAnyPackage(allowed)))
                .allowEmptyShould(true);
    }

    /** There are no packages but those of the picture. */
    ArchRule noOtherPackages() {
        return classes().should().resideInAnyPackage(packages(NEIGHBOURS.keySet()));
    }

    /** Spring is used where the product is wired and shown, and by the demo's switch. */
    ArchRule springOnlyAtTheSurface() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(packages(WITH_SPRING))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..");
    }

    /** The hub and the credentials beside it are plain Java. */
    ArchRule plainJava() {
        return CompositeArchRule.of(List.of(plainJava("pool"), plainJava("tls")));
    }

    private ArchRule plainJava(String room) {
        return classes()
                .that()
                .resideInAPackage(inside(room))
                .should()
                .onlyDependOnClassesThat(resideInAPackage(base + "..")
                        .or(resideInAnyPackage("java..", "javax..", "org.jspecify.annotations")));
    }

    /** Jackson 3 is in {@code tools.jackson}; version 2 is there for a library only. */
    ArchRule noJackson2() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml.jackson.core..", "com.fasterxml.jackson.databind..");
    }

    ArchRule noCycles() {
        return slices().assignedFrom(new EachPackage()).should().beFreeOfCycles();
    }

    private String inside(String room) {
        return base + "." + room + "..";
    }

    private String[] packages(Set<String> rooms) {
        return Stream.concat(Stream.of(base), rooms.stream().map(this::inside)).toArray(String[]::new);
    }

    /** Takes every package by itself, the base package too. */
    private static final class EachPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return SliceIdentifier.of(javaClass.getPackageName());
        }

        @Override
        public String getDescription() {
            return "each package";
        }
    }
}
