package upkeep

import "testing"

func TestTheStoriesNameOnlyPeopleWhoExist(t *testing.T) {
	t.Parallel()
	s, err := readScript()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Persons) != 24 || len(s.Circles) != 3 {
		t.Fatalf("two dozen people and three circles, got %d and %d", len(s.Persons), len(s.Circles))
	}
}
