package io.apiserverlb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The properties that application.yml describes: the whole names of the keys that are commented out. */
final class CommentedKeys {
    private static final Pattern KEY = Pattern.compile("(?m)^#( *)([a-z0-9-]+):");

    private CommentedKeys() {}

    static Set<String> of(Path yaml) throws IOException {
        Set<String> all = new TreeSet<>();
        NavigableMap<Integer, String> path = new TreeMap<>(); // by how far each is indented
        KEY.matcher(Files.readString(yaml)).results().forEach(key -> {
            int indentation = key.group(1).length();
            path.tailMap(indentation, true).clear();
            path.put(indentation, key.group(2));
            all.add(String.join(".", path.values()));
        });
        return all;
    }
}
