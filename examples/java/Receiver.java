import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Takes webhooks that Pawl has signed: WEBHOOK_SECRET=whsec_... java -cp build Receiver */
public final class Receiver {
    private static final int LONGEST_BODY = 2_000_000;
    private static final long TOLERANCE_SECONDS = 300;

    public static void main(String[] words) throws IOException {
        byte[] secret = Base64.getDecoder().decode(System.getenv("WEBHOOK_SECRET").replaceFirst("^whsec_", ""));
        String port = System.getenv().getOrDefault("PORT", "4000");
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
        HttpServer server = HttpServer.create(address, 0);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
                if (body.length > LONGEST_BODY) {
                    exchange.sendResponseHeaders(413, -1);
                } else if (!isSigned(secret, exchange.getRequestHeaders(), body)) {
                    exchange.sendResponseHeaders(401, -1);
                } else {
                    Object event = Json.read(new String(body, StandardCharsets.UTF_8));
                    // The same event can come again: its id stays the same. Store it before you answer.
                    System.out.println(Json.get(event, "type") + " " + Json.get(event, "data", "id"));
                    exchange.sendResponseHeaders(204, -1);
                }
            }
        });
        server.start();
        System.out.println("listening on http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Whether one of the signatures is ours (Standard Webhooks), and not older than five minutes. */
    private static boolean isSigned(byte[] secret, Headers headers, byte[] body) {
        String id = headers.getFirst("webhook-id");
        String timestamp = headers.getFirst("webhook-timestamp");
        String signatures = headers.getFirst("webhook-signature");
        if (id == null || timestamp == null || signatures == null) return false;
        if (!timestamp.matches("\\d{1,12}")) return false;
        long age = System.currentTimeMillis() / 1_000 - Long.parseLong(timestamp);
        if (Math.abs(age) > TOLERANCE_SECONDS) return false;
        byte[] expected = sign(secret, id + "." + timestamp + ".", body);
        for (String signature : signatures.split(" ")) {
            if (!signature.startsWith("v1,")) continue;
            try {
                byte[] given = Base64.getDecoder().decode(signature.substring(3));
                // It takes the same time wherever the two differ.
                if (MessageDigest.isEqual(given, expected)) return true;
            } catch (IllegalArgumentException notBase64) {
                // Another one may be ours.
            }
        }
        return false;
    }

    private static byte[] sign(byte[] secret, String prefix, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update(prefix.getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
