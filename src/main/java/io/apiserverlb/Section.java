package io.apiserverlb;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The values of an environment's properties whose names begin alike, each in the type that it is asked for.
 *
 * <p>Spring would bind whole records, but finds out by reflection how, which takes a tenth or more of the time until the first client is served.
 */
final class Section {
    private final Iterable<ConfigurationPropertySource> sources;
    private final Binder binder;
    private final ConfigurationPropertyName prefix;

    private Section(Iterable<ConfigurationPropertySource> sources, Binder binder, ConfigurationPropertyName prefix) {
        this.sources = sources;
        this.binder = binder;
        this.prefix = prefix;
    }

    static Section of(ConfigurableEnvironment environment, String prefix) {
        Iterable<ConfigurationPropertySource> sources = ConfigurationPropertySources.get(environment);
        return new Section(
                sources,
                new Binder(sources, new PropertySourcesPlaceholdersResolver(environment)),
                ConfigurationPropertyName.of(prefix));
    }

    Section section(String name) {
        return new Section(sources, binder, prefix.append(name));
    }

    @Nullable
    String text(String name) {
        return value(name, String.class).orElse(null);
    }

    String text(String name, String otherwise) {
        return value(name, String.class).orElse(otherwise);
    }

    List<String> list(String name, String... otherwise) {
        return bind(prefix.append(name), Bindable.listOf(String.class)).orElse(List.of(otherwise));
    }

    @Nullable
    Path path(String name) {
        return value(name, Path.class).orElse(null);
    }

    @Nullable
    Integer integer(String name) {
        return value(name, Integer.class).orElse(null);
    }

    int integer(String name, int otherwise) {
        return value(name, int.class).orElse(otherwise);
    }

    double number(String name, double otherwise) {
        return value(name, double.class).orElse(otherwise);
    }

    boolean flag(String name, boolean otherwise) {
        return value(name, boolean.class).orElse(otherwise);
    }

    <E extends Enum<E>> E choice(String name, E otherwise) {
        return value(name, otherwise.getDeclaringClass()).orElse(otherwise);
    }

    /** Not Spring's: there a bare number is milliseconds, which nobody means who writes 5. */
    Duration duration(String name, String otherwise, DurationRule... rules) {
        String property = prefix.append(name).toString();
        String text = text(name, otherwise);
        Duration value;
        try {
            value = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw ConfigurationException.of(property, text, String.valueOf(e.getMessage()));
        }
        for (DurationRule rule : rules) {
            rule.require(property, text, value);
        }
        return value;
    }

    private <T> Optional<T> value(String name, Class<T> type) {
        ConfigurationPropertyName full = prefix.append(name);
        for (ConfigurationPropertySource source : sources) {
            if (source.getConfigurationProperty(full) != null) {
                return bind(full, Bindable.of(type));
            }
        }
        return Optional.empty();
    }

    private <T> Optional<T> bind(ConfigurationPropertyName name, Bindable<T> target) {
        try {
            return Optional.ofNullable(binder.bind(name, target).orElse(null));
        } catch (BindException e) {
            throw explain(e);
        }
    }

    private static ConfigurationException explain(BindException failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
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
