package io.apiserverlb.state;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Remembered;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the state file holds: the two values that the k3s agent knows, then our own.
 *
 * <p>Everything is text as it stands in the file; what it means is for {@link Restoration} to judge.
 *
 * @param serverUrl the first registration URL as configured; empty if there is none
 * @param serverAddresses managed and discovered addresses
 * @param own whether the file holds keys of our own, which one written by k3s does not
 * @param configured the list in the configuration of the process that wrote the file
 * @param settings what operators set, by address
 * @param unknown what a newer version may have added
 */
record SavedState(
        String serverUrl,
        List<String> serverAddresses,
        boolean own,
        List<String> managed,
        List<String> configured,
        List<String> discovered,
        Map<String, SavedSetting> settings,
        long version,
        Unknown unknown) {

    static final SavedState NONE =
            new SavedState("", List.of(), false, List.of(), List.of(), List.of(), Map.of(), 0, Unknown.NOTHING);

    /**
     * What an operator set for an address.
     *
     * @param absentSince when no server had the address any more, or null while one has
     */
    record SavedSetting(String admin, int weight, @Nullable String absentSince) {

        private static SavedSetting from(Remembered remembered) {
            Instant absentSince = remembered.absentSince();
            return new SavedSetting(
                    text(remembered.setting().admin()),
                    remembered.setting().weight(),
                    absentSince == null ? null : absentSince.toString());
        }

        static String text(AdminState admin) {
            return admin.name().toLowerCase(Locale.ROOT);
        }
    }

    SavedState {
        serverAddresses = List.copyOf(serverAddresses);
        managed = List.copyOf(managed);
        configured = List.copyOf(configured);
        discovered = List.copyOf(discovered);
        // Sorted, so that the same settings are always the same file.
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    static SavedState from(ServerList list, List<ServerAddress> configured) {
        Membership membership = list.membership();
        Map<String, SavedSetting> settings = new HashMap<>();
        list.remembered().forEach((address, value) -> settings.put(address.toString(), SavedSetting.from(value)));
        return new SavedState(
                membership.seeds().stream().map(SeedUrl::text).findFirst().orElse(""),
                texts(membership.effective()),
                true,
                texts(membership.managed()),
                texts(configured),
                texts(membership.discovered()),
                settings,
                list.version(),
                Unknown.NOTHING);
    }

    /** The same with what is still unknown of that. */
    SavedState keeping(Unknown found) {
        return new SavedState(
                serverUrl,
                serverAddresses,
                own,
                managed,
                configured,
                discovered,
                settings,
                version,
                found.withSettings(settings.keySet()));
    }

    SavedState withoutAddresses() {
        return new SavedState(
                serverUrl, List.of(), own, List.of(), List.of(), List.of(), settings, version, unknown.ofSettings());
    }

    private static List<String> texts(List<ServerAddress> addresses) {
        return addresses.stream().map(ServerAddress::toString).toList();
    }
}
