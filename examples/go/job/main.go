// Posts a prompt and waits for the answer: go run ./job [prompt]
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"

	"example.com/pawl/pawl"
)

func main() {
	log.SetFlags(0)
	prompt := strings.Join(os.Args[1:], " ")
	if prompt == "" {
		prompt = "Fetch my last 5 unread emails and summarize them."
	}
	ctx := context.Background()
	request := map[string]any{"prompt": prompt, "user": "user_123", "connections": []string{"gmail"}}
	var job pawl.Job
	if err := pawl.Call(ctx, http.MethodPost, "/v1/jobs", request, pawl.NewKey(), &job); err != nil {
		log.Fatal(err)
	}
	fmt.Println(job.ID)
	job, err := pawl.WaitForJob(ctx, job.ID)
	if err != nil {
		log.Fatal(err)
	}
	switch {
	case job.RequiredAction != nil:
		// A person opens it, or decides by POST /v1/approvals/{id}. Afterwards wait again.
		fmt.Println("It needs a person:", job.RequiredAction.Type, job.RequiredAction.URL)
	case job.Status == "completed":
		fmt.Println(job.Result.Text)
	case job.Error != nil:
		log.Fatalf("%s: %s", job.Error.Code, job.Error.Message)
	default:
		log.Fatal(job.Status)
	}
}
