package io.apiserverlb.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.stereotype.Component;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.webjars.WebJarVersionLocator;

/** Serves the files of the dashboard, which may load and call nothing but what is served here. */
@Component
final class DashboardFiles implements WebMvcConfigurer {
    private static final String PAGE = "/index.html";
    private static final String FILES = "/dashboard/**";
    private static final String CHARTS = "uplot";

    private static final String CONTENT_SECURITY_POLICY = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "font-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'");

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new Policy()).addPathPatterns("/", PAGE, FILES);
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        serve(registry, PAGE, "classpath:/static/");
        serve(registry, FILES, "classpath:/static/dashboard/");
        // Whatever its version, so that the page need not know it.
        String version = new WebJarVersionLocator().version(CHARTS);
        serve(
                registry,
                "/dashboard/" + CHARTS + "/*",
                "classpath:/META-INF/resources/webjars/" + CHARTS + "/" + version + "/dist/");
    }

    /** Browsers ask each time, and get a file only if it has changed: by its content, as all files of all builds have the same date. */
    private static void serve(ResourceHandlerRegistry registry, String pattern, String location) {
        registry.addResourceHandler(pattern)
                .addResourceLocations(location)
                .setCacheControl(CacheControl.noCache())
                .setUseLastModified(false)
                .setEtagGenerator(DashboardFiles::digest);
    }

    private static String digest(Resource file) {
        try {
            return DigestUtils.md5DigestAsHex(file.getContentAsByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Policy implements HandlerInterceptor {
        @Override
        public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
            response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
            return true;
        }
    }
}
