package io.apiserverlb.failover;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a scenario as often as the system property says, once without it. */
final class Repeats implements TestTemplateInvocationContextProvider {
    private static final int TIMES = Integer.getInteger("failover.repeat", 1);

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        return IntStream.rangeClosed(1, TIMES).mapToObj(time -> new TestTemplateInvocationContext() {
            @Override
            public String getDisplayName(int index) {
                return TIMES == 1 ? context.getDisplayName() : context.getDisplayName() + " " + time + "/" + TIMES;
            }
        });
    }
}
