package io.apiserverlb.discovery.kubernetes;

import java.nio.file.Path;

/** A text and where it was found, for messages; prints the place only. */
record Part(String place, String text) {
    static Part ofFile(Path file, FilesRead files) throws CredentialsException {
        return new Part(file.toString(), files.text(file));
    }

    /** The same as one token, without the blanks and line ends around it. */
    String token() throws CredentialsException {
        String token = text.strip();
        if (token.isEmpty()) {
            throw new CredentialsException(place + " is empty");
        }
        // It becomes part of a header line.
        if (!token.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
            throw new CredentialsException(place + " holds something other than one token");
        }
        return token;
    }

    @Override
    public String toString() {
        return place;
    }
}
