package io.apiserverlb.api;

import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells in the schemas of records which properties are always there and which may be null, as the records themselves do.
 *
 * @param schemas by the names of the records, or those that they have by annotation
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // the model of OpenAPI is raw
record RecordSchemas(Map<String, Schema> schemas) {
    private static final String NULL = "null";

    /** An answer has every property; what is {@code @Nullable} may be null. The same goes for the records in it. */
    void completeAnswer(Class<?> answer) {
        Schema schema = schema(answer);
        Map<String, Schema> properties = schema.getProperties();
        for (RecordComponent component : answer.getRecordComponents()) {
            schema.addRequiredItem(component.getName());
            if (isNullable(component)) {
                properties.computeIfPresent(component.getName(), (name, property) -> orNull(property));
            }
            Class<?> type = elementType(component.getGenericType());
            if (type.isRecord()) {
                completeAnswer(type);
            }
        }
    }

    /** A request may leave out what is {@code @Nullable}; nothing in it may be null. */
    void completeRequest(Class<?> request) {
        for (RecordComponent component : request.getRecordComponents()) {
            if (!isNullable(component)) {
                schema(request).addRequiredItem(component.getName());
            }
        }
    }

    private Schema schema(Class<?> type) {
        io.swagger.v3.oas.annotations.media.Schema named =
                type.getAnnotation(io.swagger.v3.oas.annotations.media.Schema.class);
        String name = named == null || named.name().isEmpty() ? type.getSimpleName() : named.name();
        Schema schema = schemas.get(name);
        if (schema == null) {
            throw new IllegalStateException("there is no schema " + name);
        }
        return schema;
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static Class<?> elementType(Type type) {
        Type element = type instanceof ParameterizedType list ? list.getActualTypeArguments()[0] : type;
        return (Class<?>) element;
    }

    private static Schema orNull(Schema schema) {
        if (schema.get$ref() == null) {
            schema.addType(NULL);
            return schema;
        }
        Schema nothing = new Schema();
        nothing.addType(NULL);
        return new Schema().anyOf(List.of(schema, nothing));
    }
}
