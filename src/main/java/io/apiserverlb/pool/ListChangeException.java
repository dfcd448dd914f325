package io.apiserverlb.pool;

/** A change of the list that cannot be made, with the reason in words; nothing was changed. */
public final class ListChangeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why not. */
    public enum Kind {
        /** No such server. */
        NOT_FOUND,
        /** The list does not allow it as it is. */
        CONFLICT,
        /** The list is not the one that the caller knows. */
        STALE,
        /** Another process has the list by now. */
        ELSEWHERE,
        /** The value can never be right. */
        INVALID
    }

    private final Kind kind;

    ListChangeException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
