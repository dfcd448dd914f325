package io.apiserverlb;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.convert.converter.Converter;
import org.springframework.core.env.ConfigurableEnvironment;

/** Reads the configuration from an environment, and says in one line what is wrong with it. */
final class PropertiesLoader {
    private final ConfigurableEnvironment environment;

    PropertiesLoader(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    /**
     * The balancer's properties.
     *
     * @throws ConfigurationException if a key is unknown or a value not allowed
     */
    LbProperties load() {
        new KnownKeys(LbProperties.class).requireOnlyThese(environment);
        WebSettings.of(environment);
        try {
            return binder().bindOrCreate(KnownKeys.PREFIX, LbProperties.class);
        } catch (BindException e) {
            throw explain(e);
        }
    }

    /** Spring's own, but for durations: there a bare number is milliseconds, which nobody means who writes 5. */
    private Binder binder() {
        ApplicationConversionService conversion = new ApplicationConversionService();
        conversion.addConverter(new DurationConverter());
        return new Binder(
                ConfigurationPropertySources.get(environment),
                new PropertySourcesPlaceholdersResolver(environment),
                conversion);
    }

    private static final class DurationConverter implements Converter<String, Duration> {
        @Override
        public Duration convert(String text) {
            return Durations.parse(text);
        }
    }

    private static ConfigurationException explain(BindException failure) {
        Throwable root = failure;
        while (root.getCause() != null && !(root instanceof ConfigurationException)) {
            root = root.getCause();
        }
        if (root instanceof ConfigurationException clear) {
            return clear;
        }
        ConfigurationProperty property = failure.getProperty();
        String name = property == null
                ? failure.getName().toString()
                : property.getName().toString();
        Object value = property == null ? "" : property.getValue();
        return ConfigurationException.of(
                name, value, allowed(failure.getTarget().getType().resolve(), root));
    }

    private static String allowed(@Nullable Class<?> type, Throwable cause) {
        if (type != null && type.isEnum()) {
            return "it must be one of " + KnownKeys.constants(type);
        }
        if (type == int.class || cause instanceof NumberFormatException) {
            return "it must be a " + (type == int.class ? "whole " : "") + "number";
        }
        if (type == boolean.class) {
            return "it must be true or false";
        }
        String reason = String.valueOf(cause.getMessage());
        return reason.isEmpty() ? "" : reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1);
    }
}
