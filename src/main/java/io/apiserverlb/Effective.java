package io.apiserverlb;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The values in effect, a line each, as they would stand in a properties file; they name files that hold secrets, and no secret. */
final class Effective {
    /** What is in effect of these is more than what has been given. */
    static final Set<String> OF_BLUEPRINT = Set.of("lb.server-addresses", "lb.state-file");

    private Effective() {}

    static Stream<String> lines(LbProperties properties, Blueprint blueprint) {
        return Stream.concat(
                lines(KnownKeys.PREFIX, properties).filter(line -> !OF_BLUEPRINT.contains(key(line))),
                Stream.of(
                        "lb.server-addresses=" + text(blueprint.configured()),
                        "lb.state-file=" + blueprint.stateFile()));
    }

    private static String key(String line) {
        return line.substring(0, line.indexOf('='));
    }

    private static Stream<String> lines(String prefix, Record values) {
        return Stream.of(values.getClass().getRecordComponents()).flatMap(component -> {
            String name = prefix + "." + KnownKeys.dashed(component.getName());
            Object value = value(component, values);
            return value instanceof Record nested ? lines(name, nested) : Stream.of(name + "=" + text(value));
        });
    }

    private static @Nullable Object value(RecordComponent component, Record values) {
        try {
            return component.getAccessor().invoke(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Duration duration) {
            return Durations.text(duration);
        }
        if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return value instanceof Path path ? path.toString() : String.valueOf(value);
    }
}
