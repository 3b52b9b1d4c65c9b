import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Has a prompt posted on working days, and now: java -cp build Schedule */
public final class Schedule {
    public static void main(String[] words) throws Exception {
        Pawl pawl = new Pawl();
        Object request = Map.of(
                "cron", "30 8 * * MON-FRI",
                "timezone", "Europe/Berlin",
                "job", Map.of("prompt", "What came in?", "user", "user_123", "connections", List.of("gmail")));
        Object schedule = pawl.call("POST", "/v1/schedules", request, UUID.randomUUID().toString());
        String path = "/v1/schedules/" + Json.get(schedule, "id");
        try {
            System.out.println("It will run at " + Json.get(schedule, "next_run_at"));
            Object job = pawl.call("POST", path + "/trigger", null, UUID.randomUUID().toString());
            job = pawl.waitForJob((String) Json.get(job, "id"));
            System.out.println(Json.get(job, "id") + " " + Json.get(job, "status"));
        } finally {
            pawl.call("DELETE", path, null, null);
        }
    }
}
