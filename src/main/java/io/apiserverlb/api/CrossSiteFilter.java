package io.apiserverlb.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses what a web page of another site asks through its visitor's browser. */
final class CrossSiteFilter extends OncePerRequestFilter {
    private final CrossSite crossSite;
    private final Connectors connectors;
    private final Refusals refusals;

    CrossSiteFilter(CrossSite crossSite, Connectors connectors, Refusals refusals) {
        this.crossSite = crossSite;
        this.connectors = connectors;
        this.refusals = refusals;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String foreign = crossSite.reason(connectors.call(request));
        if (foreign == null) {
            chain.doFilter(request, response);
        } else {
            refusals.refuse(request, response, HttpStatus.FORBIDDEN, foreign);
        }
    }
}
