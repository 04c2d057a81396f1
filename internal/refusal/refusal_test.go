package refusal_test

import (
	"errors"
	"fmt"
	"testing"

	"cordee/internal/refusal"
)

func TestARefusalIsFoundInAChain(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("post: %w", refusal.New(refusal.Invalid, "words.empty", "Max", 3).On("words"))
	r, ok := refusal.As(err)
	if !ok || r.Kind != refusal.Invalid || r.Field != "words" || r.Args["Max"] != 3 {
		t.Fatalf("%+v, %v", r, ok)
	}
	if !errors.Is(err, refusal.New(refusal.Invalid, "words.empty")) || errors.Is(err, refusal.ErrNotFound()) {
		t.Fatal("refusals are told apart by their code")
	}
	if _, ok := refusal.As(errors.New("disk")); ok {
		t.Fatal("a fault of the house is no refusal")
	}
}

func TestOnLeavesTheOriginalAlone(t *testing.T) {
	t.Parallel()
	r := refusal.ErrNotFound()
	if r.On("x"); r.Field != "" {
		t.Fatal("On changed its receiver")
	}
}
