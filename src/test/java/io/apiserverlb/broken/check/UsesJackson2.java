package io.apiserverlb.broken.check;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;

final class UsesJackson2 {
    static String breach(JsonParser core, ObjectMapper databind) {
        return "" + core + databind;
    }
}
