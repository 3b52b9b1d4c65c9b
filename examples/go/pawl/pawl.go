// Package pawl is a small client of Pawl's HTTP API, of the standard library alone.
package pawl

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	attempts      = 6
	longestAnswer = 20 << 20
)

var client = &http.Client{Timeout: 60 * time.Second}

// Job has what these programs read of a job.
type Job struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Result *struct {
		Text string `json:"text"`
	} `json:"result"`
	Error *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
	RequiredAction *struct {
		Type string `json:"type"`
		URL  string `json:"url"`
	} `json:"required_action"`
}

// HasEnded tells whether nothing will change by itself any more.
func (job Job) HasEnded() bool {
	switch job.Status {
	case "queued", "in_progress", "requires_action":
		return false
	}
	return true
}

// Error is the refusal of a gateway.
type Error struct {
	Status int
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (err *Error) Error() string {
	return fmt.Sprintf("%d %s: %s", err.Status, err.Code, err.Detail)
}

// NewKey makes an Idempotency-Key: with it a post may be repeated.
func NewKey() string {
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		panic(err)
	}
	return hex.EncodeToString(random)
}

// Call sends a request, and repeats it while the gateway is away or asks to wait. Repeat only what has the same effect
// twice: reads, and posts with an Idempotency-Key. The answer is read into answer, if that is not nil.
func Call(ctx context.Context, method, path string, body any, key string, answer any) error {
	var failure error
	for attempt := 1; attempt <= attempts; attempt++ {
		pause, err := try(ctx, method, path, body, key, answer)
		if err == nil || pause < 0 {
			return err
		}
		failure = err
		if pause == 0 {
			pause = 200 * time.Millisecond << attempt
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return failure
}

// try answers how long to wait before the next attempt: 0 for as long as is usual, less for never.
func try(ctx context.Context, method, path string, body any, key string, answer any) (time.Duration, error) {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return -1, err
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, baseURL()+path, content)
	if err != nil {
		return -1, err
	}
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	if apiKey := os.Getenv("PAWL_API_KEY"); apiKey != "" {
		request.Header.Set("Authorization", "Bearer "+apiKey)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	if err != nil {
		return 0, err
	}
	if response.StatusCode >= 400 {
		problem := &Error{Status: response.StatusCode}
		_ = json.Unmarshal(text, problem)
		if problem.Status != 429 && problem.Status != 503 {
			return -1, problem
		}
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		return time.Duration(seconds) * time.Second, problem
	}
	if answer == nil || len(text) == 0 {
		return -1, nil
	}
	return -1, json.Unmarshal(text, answer)
}

// WaitForJob answers with the job once it has ended or needs a person.
func WaitForJob(ctx context.Context, id string) (Job, error) {
	for {
		var job Job
		if err := Call(ctx, http.MethodGet, "/v1/jobs/"+id+"?wait=30", nil, "", &job); err != nil {
			return job, err
		}
		if job.HasEnded() || job.Status == "requires_action" {
			return job, nil
		}
	}
}

func baseURL() string {
	if url := os.Getenv("PAWL_URL"); url != "" {
		return strings.TrimRight(url, "/")
	}
	return "http://localhost:3000"
}
