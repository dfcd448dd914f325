package io.apiserverlb.chaos;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The list of servers, as REST acknowledged it or shows it.
 *
 * @param settings admin state and weight of those on the list
 */
record ListState(List<String> addresses, Map<String, String> settings, long version) {
    static ListState of(JsonNode shown) {
        List<String> addresses = new ArrayList<>();
        shown.get("serverAddresses").forEach(address -> addresses.add(address.asString()));
        Map<String, String> settings = new LinkedHashMap<>();
        shown.get("servers")
                .forEach(server -> settings.put(
                        server.get("address").asString(),
                        server.get("admin").asString() + " "
                                + server.get("weight").asInt()));
        return new ListState(addresses, settings, shown.get("version").asLong());
    }
}
