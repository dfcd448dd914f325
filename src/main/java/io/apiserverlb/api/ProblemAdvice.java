package io.apiserverlb.api;

import io.apiserverlb.pool.InvalidAddressException;
import io.apiserverlb.pool.ListChangeException;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Turns every exception of a request into a problem, whatever media type the caller would rather have. */
@Hidden
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {

    @ExceptionHandler
    ResponseEntity<Object> handle(ProblemException e, WebRequest request) {
        return answer(HttpHeaders.EMPTY, e.problem(path(request)));
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(InvalidAddressException e, WebRequest request) {
        return answer(HttpStatus.BAD_REQUEST, HttpHeaders.EMPTY, e.getMessage(), request);
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(RequestRejectedException e, WebRequest request) {
        return answer(HttpStatus.BAD_REQUEST, HttpHeaders.EMPTY, Refusals.UNCLEAN, request);
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(ListChangeException e, WebRequest request) {
        HttpHeaders headers = new HttpHeaders();
        HttpStatus status = switch (e.kind()) {
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case CONFLICT -> HttpStatus.CONFLICT;
            case STALE -> HttpStatus.PRECONDITION_FAILED;
            case INVALID -> HttpStatus.UNPROCESSABLE_CONTENT;
            case ELSEWHERE -> {
                headers.set(HttpHeaders.RETRY_AFTER, "1");
                yield HttpStatus.SERVICE_UNAVAILABLE;
            }
        };
        return answer(status, headers, e.getMessage(), request);
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(InvalidParameterException e, WebRequest request) {
        return answer(
                HttpStatus.BAD_REQUEST,
                HttpHeaders.EMPTY,
                "the parameters in the URL cannot be read, or are too many",
                request);
    }

    @ExceptionHandler
    ResponseEntity<Object> handle(Exception e, WebRequest request) {
        logger.error(request.getDescription(false) + " failed", e);
        return answer(HttpStatus.INTERNAL_SERVER_ERROR, HttpHeaders.EMPTY, "this failed; the log says why", request);
    }

    @Override
    protected ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return answer(status, headers, "there is nothing here", request);
    }

    @Override
    protected ResponseEntity<Object> handleHttpRequestMethodNotSupported(
            HttpRequestMethodNotSupportedException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String allowed = headers.getAllow().stream().map(HttpMethod::name).collect(Collectors.joining(", "));
        return answer(status, headers, e.getMethod() + " is not possible here, only " + allowed, request);
    }

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String detail = body instanceof ProblemDetail problem ? problem.getDetail() : null;
        return answer(status, headers, detail, request);
    }

    private static ResponseEntity<Object> answer(
            HttpStatusCode status, HttpHeaders headers, @Nullable String detail, WebRequest request) {
        return answer(headers, Problem.of(status, detail, path(request)));
    }

    private static ResponseEntity<Object> answer(HttpHeaders headers, Problem problem) {
        return ResponseEntity.status(problem.status())
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .cacheControl(CacheControl.noStore())
                .body(problem);
    }

    private static String path(WebRequest request) {
        return ((ServletWebRequest) request).getRequest().getRequestURI();
    }
}
