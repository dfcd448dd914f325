package io.apiserverlb.state;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.InvalidAddressException;
import io.apiserverlb.pool.OneLine;
import io.apiserverlb.pool.Remembered;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.Setting;
import io.apiserverlb.state.SavedState.SavedSetting;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes values of the state file's text; what is no value is left out and noted, since one bad line is no reason to lose the rest. */
final class SavedText {
    private static final int DEFAULT_PORT = 6443;
    /** What k3s writes on a server that registers with itself: a scheme, and at most a port. */
    private static final Pattern NO_HOST =
            Pattern.compile("((https?:)?//)?(:\\d*)?([/?#].*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final Set<Note> notes;
    private boolean leftOut;

    /** Adds to the given notes what it leaves out, each thing once. */
    SavedText(Set<Note> notes) {
        this.notes = notes;
    }

    static boolean namesHost(String url) {
        return !NO_HOST.matcher(url).matches();
    }

    Optional<SeedUrl> seed(String url) {
        try {
            return namesHost(url) ? Optional.of(SeedUrl.parse(url)) : Optional.empty();
        } catch (InvalidAddressException e) {
            note("ServerURL is left out", e);
            return Optional.empty();
        }
    }

    List<ServerAddress> addresses(Collection<String> texts) {
        Set<ServerAddress> addresses = new LinkedHashSet<>();
        texts.forEach(text -> address(text).ifPresentOrElse(addresses::add, () -> leftOut = true));
        return new ArrayList<>(addresses);
    }

    private Optional<ServerAddress> address(String text) {
        try {
            return Optional.of(ServerAddress.parse(text, DEFAULT_PORT));
        } catch (InvalidAddressException e) {
            note("an address is left out", e);
            return Optional.empty();
        }
    }

    /** Whether one of the addresses so far was none. */
    boolean hasLeftOut() {
        return leftOut;
    }

    /** An address as this version writes it, or the text as it is. */
    static String spelling(String text) {
        return parse(text).map(ServerAddress::toString).orElse(text);
    }

    static boolean isAddress(String text) {
        return parse(text).isPresent();
    }

    private static Optional<ServerAddress> parse(String text) {
        try {
            return Optional.of(ServerAddress.parse(text, DEFAULT_PORT));
        } catch (InvalidAddressException e) {
            return Optional.empty();
        }
    }

    Map<ServerAddress, Remembered> settings(Map<String, SavedSetting> settings) {
        Map<ServerAddress, Remembered> remembered = new LinkedHashMap<>();
        settings.forEach((text, setting) -> address(text)
                .ifPresent(address -> setting(address, setting).ifPresent(value -> remembered.put(address, value))));
        return remembered;
    }

    private Optional<Remembered> setting(ServerAddress address, SavedSetting saved) {
        try {
            Instant absentSince = saved.absentSince() == null ? null : Instant.parse(saved.absentSince());
            return Optional.of(new Remembered(new Setting(admin(saved.admin()), saved.weight()), absentSince));
        } catch (IllegalArgumentException | DateTimeException e) {
            note("the setting of " + address + " is left out", e);
            return Optional.empty();
        }
    }

    private static AdminState admin(String text) {
        return Stream.of(AdminState.values())
                .filter(state -> SavedSetting.text(state).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no admin state " + OneLine.quoted(text)));
    }

    private void note(String what, RuntimeException why) {
        notes.add(Note.warn(OneLine.of("of the state file, " + what + ": " + why.getMessage())));
    }
}
