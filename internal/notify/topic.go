package notify

import "slices"

// Topic is what a member chooses about, circle by circle.
type Topic string

// The topics. Their names are words of the catalogue, under "mail.topic.".
const (
	// Mine is what is meant for me: proposals, letters, what awaits my word.
	Mine Topic = "mine"
	// Answers are answers where I wrote.
	Answers Topic = "answers"
	// Asks are new asks and offers.
	Asks Topic = "asks"
	// Rest is all else: talk, thanks, who is new.
	Rest Topic = "rest"
)

// Topics lists them in the order in which a form shows them.
func Topics() []Topic { return []Topic{Mine, Answers, Asks, Rest} }

// Choice is how soon a member wants to hear of a topic.
type Choice string

// The choices. Usual is the absence of one: rules 4 and 5.
const (
	Usual  Choice = ""
	AtOnce Choice = "at_once"
	Daily  Choice = "daily"
	Never  Choice = "never"
)

// Choices lists them in the order in which a form shows them.
func Choices() []Choice { return []Choice{Usual, AtOnce, Daily, Never} }

func (t Topic) known() bool  { return slices.Contains(Topics(), t) }
func (c Choice) known() bool { return slices.Contains(Choices(), c) }

// over is what becomes of the usual way when a member has chosen.
func (c Choice) over(usual Choice) Choice {
	if c == Usual {
		return usual
	}
	return c
}

// widest is the choice that counts when one thing concerns several circles.
func widest(choices []Choice) Choice {
	for _, c := range []Choice{AtOnce, Usual, Daily} {
		if slices.Contains(choices, c) {
			return c
		}
	}
	if len(choices) > 0 {
		return Never
	}
	return Usual
}
