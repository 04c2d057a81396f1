// Package journal is where everything that happens is written, in order.
package journal
