"""Has a prompt posted on working days, and now: python3 schedule.py"""

import uuid

import pawl

schedule = pawl.call(
    "POST",
    "/v1/schedules",
    {
        "cron": "30 8 * * MON-FRI",
        "timezone": "Europe/Berlin",
        "job": {"prompt": "What came in?", "user": "user_123", "connections": ["gmail"]},
    },
    {"Idempotency-Key": str(uuid.uuid4())},
)
path = f"/v1/schedules/{schedule['id']}"
try:
    print(f"It will run at {schedule['next_run_at']}")
    job = pawl.call("POST", f"{path}/trigger", headers={"Idempotency-Key": str(uuid.uuid4())})
    job = pawl.wait_for_job(job["id"])
    print(job["id"], job["status"])
finally:
    pawl.call("DELETE", path)
