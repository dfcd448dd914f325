package io.apiserverlb.api;

import org.springframework.stereotype.Component;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Has no argument of a call validated by annotations, of which there are none.
 *
 * <p>Hibernate Validator is there because the description of the API reads its annotations, and Spring would start it at each start.
 */
@Component
final class NoValidation implements WebMvcConfigurer {
    @Override
    public Validator getValidator() {
        return new Validator() {
            @Override
            public boolean supports(Class<?> type) {
                return false;
            }

            @Override
            public void validate(Object target, Errors errors) {
                throw new IllegalStateException("it supports nothing");
            }
        };
    }
}
