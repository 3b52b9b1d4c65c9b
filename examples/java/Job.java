import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Posts a prompt and waits for the answer: java -cp build Job [prompt] */
public final class Job {
    public static void main(String[] words) throws Exception {
        Pawl pawl = new Pawl();
        String prompt = words.length > 0
                ? String.join(" ", words)
                : "Fetch my last 5 unread emails and summarize them.";
        Object request = Map.of("prompt", prompt, "user", "user_123", "connections", List.of("gmail"));
        Object job = pawl.call("POST", "/v1/jobs", request, UUID.randomUUID().toString());
        String id = (String) Json.get(job, "id");
        System.out.println(id);
        job = pawl.waitForJob(id);
        String status = (String) Json.get(job, "status");
        if (status.equals("requires_action")) {
            // A person opens it, or decides by POST /v1/approvals/{id}. Afterwards wait again.
            System.out.println("It needs a person: " + Json.get(job, "required_action", "type") + " "
                    + Json.get(job, "required_action", "url"));
        } else if (status.equals("completed")) {
            System.out.println(Json.get(job, "result", "text"));
        } else {
            System.err.println(status + ": " + Json.get(job, "error", "message"));
            System.exit(1);
        }
    }
}
