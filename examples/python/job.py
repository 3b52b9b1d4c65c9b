"""Posts a prompt and waits for the answer: python3 job.py [prompt]"""

import sys

import pawl

prompt = " ".join(sys.argv[1:]) or "Fetch my last 5 unread emails and summarize them."
job = pawl.create_job({"prompt": prompt, "user": "user_123", "connections": ["gmail"]})
print(job["id"])
job = pawl.wait_for_job(job["id"])
if job["status"] == "requires_action":
    # A person opens it, or decides by POST /v1/approvals/{id}. Afterwards wait again.
    action = job["required_action"]
    print(f"It needs a person: {action['type']} {action.get('url') or ''}")
elif job["status"] == "completed":
    print(job["result"]["text"])
else:
    sys.exit(f"{job['status']}: {job['error'] or job['stop_reason']}")
