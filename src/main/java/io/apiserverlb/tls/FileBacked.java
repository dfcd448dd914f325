package io.apiserverlb.tls;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value made of the content of files, read again when one of them has changed.
 *
 * <p>A new content that is no good keeps the last good value and is reported once; it is looked at again with each
 * use until it is good. Thread-safe; may touch the disk.
 */
final class FileBacked<T> {

    private final List<Path> files;
    private final Supplier<T> reader;
    private final Consumer<String> report;

    // Guarded by this.
    private @Nullable T good;
    private @Nullable List<TextFile.Stamp> goodStamps;
    private @Nullable String reported;

    /** The reader throws {@link TlsSettingsException} where the files are no good. */
    FileBacked(List<Path> files, Supplier<T> reader, Consumer<String> report) {
        this.files = List.copyOf(files);
        this.reader = reader;
        this.report = report;
    }

    /** Reads the files now, changed or not. */
    synchronized T read() {
        List<TextFile.Stamp> stamps = stamps();
        T value = reader.get();
        good = value;
        goodStamps = stamps;
        reported = null;
        return value;
    }

    /** The last good value, after a look at the files; throws what the reader throws if there never was one. */
    T current() {
        T value;
        String news = null;
        synchronized (this) {
            value = good;
            if (value == null) {
                return read();
            }
            if (stamps().equals(goodStamps)) {
                reported = null;
            } else {
                try {
                    value = read();
                } catch (TlsSettingsException e) {
                    String fault = e.setting() + ": " + e.getMessage();
                    news = fault.equals(reported) ? null : fault;
                    reported = fault;
                }
            }
        }
        if (news != null) {
            report.accept(news + "; what was read before stays in use");
        }
        return value;
    }

    private List<TextFile.Stamp> stamps() {
        return files.stream().map(file -> new TextFile(file).stamp()).toList();
    }
}
