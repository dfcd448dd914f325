package io.apiserverlb.api;

import java.util.Map;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/** Keeps files off Actuator's own port, whose context takes over what the application's has set to be served. */
final class NoFiles implements BeanPostProcessor {
    /** There is only this one child. */
    static final class ChildOnly implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return context.getBeanFactory() != null && context.getBeanFactory().getParentBeanFactory() != null;
        }
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return name.equals("resourceHandlerMapping") ? new SimpleUrlHandlerMapping(Map.of()) : bean;
    }
}
