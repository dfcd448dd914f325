package io.apiserverlb.pool;

/** Which of several usable servers come first, before the {@link Policy} is asked. */
public enum Prefer {
    NONE,
    /** Those on this host's own addresses. */
    LOCAL
}
