package io.apiserverlb;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.type.MethodMetadata;

/** Has the beans that describe the API made when the description is asked for: a start is not to wait for them. */
final class LateBeans implements BeanFactoryPostProcessor {
    private static final String DESCRIPTION = "org.springdoc.";

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (String name : beans.getBeanDefinitionNames()) {
            BeanDefinition bean = beans.getBeanDefinition(name);
            if (origin(bean).startsWith(DESCRIPTION)) {
                bean.setLazyInit(true);
            }
        }
    }

    /** The class that says how to make it, or is made itself. */
    private static String origin(BeanDefinition bean) {
        if (bean instanceof AnnotatedBeanDefinition annotated) {
            MethodMetadata factory = annotated.getFactoryMethodMetadata();
            if (factory != null) {
                return factory.getDeclaringClassName();
            }
        }
        return String.valueOf(bean.getBeanClassName());
    }
}
