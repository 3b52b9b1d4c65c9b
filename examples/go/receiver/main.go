// Takes webhooks that Pawl has signed: WEBHOOK_SECRET=whsec_... go run ./receiver
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	longestBody = 2_000_000
	tolerance   = 5 * time.Minute
)

func main() {
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("WEBHOOK_SECRET"), "whsec_"))
	if err != nil || len(secret) == 0 {
		log.Fatal("WEBHOOK_SECRET has to be whsec_ and base64.")
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "4000"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on http://" + listener.Addr().String())
	server := &http.Server{Handler: receiver(secret), ReadTimeout: 30 * time.Second}
	log.Fatal(server.Serve(listener))
}

func receiver(secret []byte) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(writer, request.Body, longestBody))
		if err != nil {
			writer.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		if !isSigned(secret, request.Header, body, time.Now()) {
			writer.WriteHeader(http.StatusUnauthorized)
			return
		}
		var event struct {
			Type string `json:"type"`
			Data struct {
				ID string `json:"id"`
			} `json:"data"`
		}
		if err := json.Unmarshal(body, &event); err != nil {
			writer.WriteHeader(http.StatusBadRequest)
			return
		}
		// The same event can come again: its id stays the same. Store it before you answer.
		fmt.Println(event.Type, event.Data.ID)
		writer.WriteHeader(http.StatusNoContent)
	})
}

// isSigned tells whether one of the signatures is ours (Standard Webhooks), and not older than five minutes.
func isSigned(secret []byte, header http.Header, body []byte, now time.Time) bool {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if id == "" || err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return false
	}
	hash := hmac.New(sha256.New, secret)
	fmt.Fprintf(hash, "%s.%s.", id, timestamp)
	hash.Write(body)
	expected := hash.Sum(nil)
	for _, signature := range strings.Fields(header.Get("webhook-signature")) {
		version, text, _ := strings.Cut(signature, ",")
		given, err := base64.StdEncoding.DecodeString(text)
		if err == nil && version == "v1" && hmac.Equal(given, expected) {
			return true
		}
	}
	return false
}
