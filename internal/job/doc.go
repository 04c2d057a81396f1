// Package job does the work that no act describes, beside the requests.
package job
