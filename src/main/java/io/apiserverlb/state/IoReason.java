package io.apiserverlb.state;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be read or written, in words; the JDK often says no more than the file's name. */
final class IoReason {
    private IoReason() {}

    static String of(Exception e) {
        if (e instanceof FileSystemException problem && problem.getReason() == null) {
            return problem.getFile() + ": " + words(problem);
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static String words(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        } else if (e instanceof NoSuchFileException) {
            return "there is no such file or folder";
        } else if (e instanceof FileAlreadyExistsException) {
            return "is in the way";
        }
        return e.getClass().getSimpleName();
    }
}
