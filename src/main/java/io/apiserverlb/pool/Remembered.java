package io.apiserverlb.pool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An operator's setting for an address, kept for some days after the server left.
 *
 * @param absentSince when no server had the address any more, or null while one has
 */
public record Remembered(Setting setting, @Nullable Instant absentSince) {}
