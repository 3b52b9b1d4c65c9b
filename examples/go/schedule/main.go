// Has a prompt posted on working days, and now: go run ./schedule
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"example.com/pawl/pawl"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) (err error) {
	request := map[string]any{
		"cron":     "30 8 * * MON-FRI",
		"timezone": "Europe/Berlin",
		"job":      map[string]any{"prompt": "What came in?", "user": "user_123", "connections": []string{"gmail"}},
	}
	var schedule struct {
		ID        string `json:"id"`
		NextRunAt string `json:"next_run_at"`
	}
	if err := pawl.Call(ctx, http.MethodPost, "/v1/schedules", request, pawl.NewKey(), &schedule); err != nil {
		return err
	}
	path := "/v1/schedules/" + schedule.ID
	defer func() {
		if failure := pawl.Call(ctx, http.MethodDelete, path, nil, "", nil); err == nil {
			err = failure
		}
	}()
	fmt.Println("It will run at", schedule.NextRunAt)
	var job pawl.Job
	if err := pawl.Call(ctx, http.MethodPost, path+"/trigger", nil, pawl.NewKey(), &job); err != nil {
		return err
	}
	if job, err = pawl.WaitForJob(ctx, job.ID); err != nil {
		return err
	}
	fmt.Println(job.ID, job.Status)
	return nil
}
