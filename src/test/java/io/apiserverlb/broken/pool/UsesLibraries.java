package io.apiserverlb.broken.pool;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.netty.channel.Channel;
import org.springframework.core.env.Environment;
import tools.jackson.databind.ObjectMapper;

final class UsesLibraries {
    static String breach(Channel netty, ObjectMapper jackson, KubernetesClient fabric8, Environment spring) {
        return "" + netty + jackson + fabric8 + spring;
    }
}
