package io.apiserverlb.check;

import io.apiserverlb.pool.CheckResult.Code;
import org.jspecify.annotations.Nullable;

/**
 * What a check found out.
 *
 * @param status of HTTP, if it came so far
 * @param detail in words
 */
record Finding(Code code, @Nullable Integer status, String detail) {

    Finding(Code code, String detail) {
        this(code, null, detail);
    }

    /** Something that says nothing about the server. */
    static Finding ownTrouble(String detail) {
        return new Finding(Code.SOCKERR, detail);
    }

    boolean passed() {
        return switch (code) {
            case L4OK, L6OK, L7OK, L7OKC -> true;
            case L7STS, L4CON, L4TOUT, L6RSP, L6TOUT, L7RSP, L7TOUT, SOCKERR -> false;
        };
    }

    /** Whether the server said something that is an answer, good or bad. */
    boolean answered() {
        return passed() || code == Code.L7STS;
    }
}
