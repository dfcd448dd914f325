package io.apiserverlb.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Answers 503 whoever asks another instance.
 *
 * <p>Two processes that share a port cannot choose which of them a probe reaches; but a probe can say whose answer it wants.
 */
@Component
final class InstanceFilter extends HttpFilter {
    static final String HEADER = "Apiserver-Lb-Instance";

    private final Balancer balancer;
    private final ProblemWriter problems;

    InstanceFilter(Balancer balancer, ProblemWriter problems) {
        this.balancer = balancer;
        this.problems = problems;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String wanted = request.getHeader(HEADER);
        if (wanted != null && !balancer.answersFor().test(wanted)) {
            problems.write(
                    request,
                    response,
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "this is not the instance that is asked (lb.instance)");
        } else {
            chain.doFilter(request, response);
        }
    }
}
