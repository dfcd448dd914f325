package io.apiserverlb.api;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.stereotype.Component;

/** The product's version; unknown in a checkout that was not built by Maven. */
@Component
final class ProductVersion {
    private final String text;

    ProductVersion(ObjectProvider<BuildProperties> build) {
        BuildProperties properties = build.getIfAvailable();
        String version = properties == null ? null : properties.getVersion();
        this.text = version == null ? "unknown" : version;
    }

    @Override
    public String toString() {
        return text;
    }
}
