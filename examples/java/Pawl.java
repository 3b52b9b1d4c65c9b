import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** A small client of Pawl's HTTP API, of the standard library alone. */
final class Pawl {
    private static final Set<String> UNFINISHED = Set.of("queued", "in_progress");
    private static final int ATTEMPTS = 6;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String baseUrl = environment("PAWL_URL", "http://localhost:3000").replaceAll("/+$", "");

    /** The gateway refused: {@code code} is stable. */
    static final class Refused extends IOException {
        final int status;
        final String code;

        Refused(int status, Object problem) {
            super(status + " " + Json.get(problem, "code") + ": " + Json.get(problem, "detail"));
            this.status = status;
            this.code = String.valueOf(Json.get(problem, "code"));
        }
    }

    /**
     * Sends a request, and repeats it while the gateway is away or asks to wait. Repeat only what has the same effect
     * twice: reads, and posts with an Idempotency-Key.
     *
     * @param body null for none
     * @param idempotencyKey null for none
     */
    Object call(String method, String path, Object body, String idempotencyKey) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .method(method, body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(Json.write(body)));
        String apiKey = environment("PAWL_API_KEY", "");
        if (!apiKey.isEmpty()) request.header("Authorization", "Bearer " + apiKey);
        if (idempotencyKey != null) request.header("Idempotency-Key", idempotencyKey);
        for (int attempt = 1; ; attempt += 1) {
            Duration pause = Duration.ofMillis(200L << attempt);
            try {
                HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
                int status = response.statusCode();
                if (status < 400) return response.body().isEmpty() ? null : Json.read(response.body());
                boolean mayHeal = status == 429 || status == 503;
                if (!mayHeal || attempt == ATTEMPTS) throw new Refused(status, problemOf(response.body()));
                pause = response.headers().firstValue("Retry-After")
                        .filter(seconds -> seconds.matches("\\d{1,6}"))
                        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                        .orElse(pause);
            } catch (Refused refused) {
                throw refused;
            } catch (IOException failure) {
                if (attempt == ATTEMPTS) throw failure;
            }
            Thread.sleep(pause.toMillis());
        }
    }

    /** The job once it has ended or needs a person. */
    Object waitForJob(String id) throws IOException, InterruptedException {
        for (;;) {
            Object job = call("GET", "/v1/jobs/" + id + "?wait=30", null, null);
            if (!UNFINISHED.contains(Json.get(job, "status"))) return job;
        }
    }

    private static Object problemOf(String body) {
        try {
            return Json.read(body);
        } catch (IllegalArgumentException none) {
            return Map.of("code", "unexpected_answer", "detail", "The answer is none of Pawl's.");
        }
    }

    private static String environment(String name, String fallback) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? fallback : value;
    }
}
