package io.apiserverlb;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts apiserver-lb. */
@SpringBootApplication
public class ApiserverLbApplication {
    public static void main(String[] args) {
        SpringApplication.run(ApiserverLbApplication.class, args);
    }
}
