package io.apiserverlb.api;

import org.springframework.http.CacheControl;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.WebContentInterceptor;

/** Keeps what the API shows out of every cache: it is right for a moment only. */
@Component
final class NoStore implements WebMvcConfigurer {
    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        WebContentInterceptor interceptor = new WebContentInterceptor();
        interceptor.setCacheControl(CacheControl.noStore());
        registry.addInterceptor(interceptor).addPathPatterns("/lb", "/lb/**");
    }
}
