package io.apiserverlb.api;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers with a problem where a filter or the rendering of an answer failed. */
@Hidden
@RestController
final class ErrorPage implements ErrorController {

    @RequestMapping("${spring.web.error.path:${error.path:/error}}")
    ResponseEntity<Problem> error(HttpServletRequest request) {
        Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        String path = (String) request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        if (code == null || path == null) {
            return answer(HttpStatus.NOT_FOUND, "there is nothing here", request.getRequestURI());
        }
        HttpStatusCode status = HttpStatusCode.valueOf((Integer) code);
        return answer(status, message(request, status), path);
    }

    /** The message of an exception is for the log alone. */
    private static @Nullable String message(HttpServletRequest request, HttpStatusCode status) {
        return status.is5xxServerError()
                ? "this failed; the log says why"
                : (String) request.getAttribute(RequestDispatcher.ERROR_MESSAGE);
    }

    private static ResponseEntity<Problem> answer(HttpStatusCode status, @Nullable String detail, String path) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(Problem.of(status, detail, path));
    }
}
