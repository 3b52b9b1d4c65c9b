"""A small client of Pawl's HTTP API, of the standard library alone."""

import json
import os
import time
import urllib.error
import urllib.request
import uuid

BASE_URL = os.environ.get("PAWL_URL", "http://localhost:3000").rstrip("/")
ENDED = {"completed", "incomplete", "failed", "cancelled", "expired"}
ATTEMPTS = 6


class PawlError(Exception):
    """The gateway refused: `status`, and the stable `code` of its problem."""

    def __init__(self, status, problem):
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.code = problem.get("code")


def call(method, path, body=None, headers=None, timeout=30):
    """Sends a request, and repeats it while the gateway is away or asks to wait.

    Repeat only what has the same effect twice: reads, and posts with an Idempotency-Key.
    """
    headers = {"Content-Type": "application/json", **(headers or {})}
    if key := os.environ.get("PAWL_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    data = None if body is None else json.dumps(body).encode()
    for attempt in range(1, ATTEMPTS + 1):
        request = urllib.request.Request(BASE_URL + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                text = response.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            problem = _problem_of(error)
            if error.code not in (429, 503) or attempt == ATTEMPTS:
                raise PawlError(error.code, problem) from None
            pause = float(error.headers.get("Retry-After") or 1)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if attempt == ATTEMPTS:
                raise
            pause = 0.2 * 2**attempt
        time.sleep(pause)


def create_job(request, idempotency_key=None):
    """Posts a job. Once this returns it is stored, and will be worked on."""
    key = idempotency_key or str(uuid.uuid4())
    return call("POST", "/v1/jobs", request, {"Idempotency-Key": key})


def wait_for_job(job_id):
    """The job once it has ended or needs a person."""
    while True:
        job = call("GET", f"/v1/jobs/{job_id}?wait=30", timeout=60)
        if job["status"] in ENDED or job["status"] == "requires_action":
            return job


def _problem_of(error):
    try:
        return json.loads(error.read())
    except ValueError:
        return {"code": "unexpected_answer", "detail": "The answer is none of Pawl's."}
