package io.apiserverlb.demo;

import io.swagger.v3.oas.annotations.Hidden;
import java.util.List;
import org.springframework.context.annotation.Profile;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Says that there are no demo servers: the dashboard asks always, and browsers log every 404 as an error. */
@RestController
@Profile("!demo")
@Hidden
final class NoDemo {
    @GetMapping(path = "/demo/servers", produces = MediaType.APPLICATION_JSON_VALUE)
    List<DemoServerState> list() {
        return List.of();
    }
}
