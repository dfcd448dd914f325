package io.apiserverlb.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.TestConstructor;

/** A test of the room over HTTP, on a loopback address and without a token; all of these share one application. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = ApiUnderTest.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            // As an operator may: it can change something.
            "management.endpoints.web.exposure.include=health,info,prometheus,loggers",
            // The room's own application has none of the health components that application.yml names.
            "management.endpoint.health.validate-group-membership=false"
        })
@TestConstructor(autowireMode = TestConstructor.AutowireMode.ALL)
@interface ApiTest {}
