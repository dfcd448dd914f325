package io.apiserverlb.failover;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test of the failure suite: what it tells does not depend on the JDK. Runs {@code -Dfailover.repeat} times. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag("heavy")
@TestTemplate
@ExtendWith(Repeats.class)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@interface Scenario {}
