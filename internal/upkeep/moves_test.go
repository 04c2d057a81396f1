package upkeep_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
	"cordee/internal/upkeep"
)

// TestDoctorAfterRandomMoves: whatever twenty people try, the doctor finds nothing.
func TestDoctorAfterRandomMoves(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		c := &crowd{House: exchangetest.Open(t, db), Rand: rand.New(rand.NewPCG(seed, 0))}
		names := make([]string, 20)
		for i := range names {
			names[i] = fmt.Sprintf("Personne %c", 'A'+i)
		}
		c.people = exchangetest.People(t, c.House, names...)
		c.circles = []id.Circle{
			exchangetest.Circle(t, c.House, "Est", c.people[0], c.people[1:12]...),
			exchangetest.Circle(t, c.House, "Ouest", c.people[8], c.people[9:]...),
		}
		kept, refused, steps := 0, 0, 240
		if testing.Short() {
			steps = 120
		}
		for i := range steps {
			switch _, no := refusal.As(c.step(t)); {
			case no:
				refused++
			default:
				kept++
			}
			if i%60 == 59 {
				healthy(t, upkeep.Patient{DB: db})
			}
		}
		if kept < steps/4 {
			t.Errorf("%d kept, %d refused", kept, refused)
		}
	})
}

// crowd is people who try whatever comes to their minds.
type crowd struct {
	*exchangetest.House
	*rand.Rand

	people    []id.Person
	circles   []id.Circle
	asks      []exchange.Ask
	exchanges []exchange.ID
	thanks    []exchange.ThanksID
	messages  []thread.MessageID
}

func anyOf[T any](c *crowd, of []T) T {
	var none T
	if len(of) == 0 {
		return none
	}
	return of[c.IntN(len(of))]
}

// step is one thing that one of them tries; its error is a refusal or nil.
func (c *crowd) step(t *testing.T) error {
	t.Helper()
	who := anyOf(c, c.people)
	by, key, ctx := persontest.As(who), journal.Key{}, t.Context()
	var err error
	switch ask := anyOf(c, c.asks); c.IntN(14) {
	case 0, 1:
		in := exchange.Posting{Want: anyOf(c, []exchange.Want{exchange.ForAsk, exchange.ForOffer}), Words: "Un café ? " + fmt.Sprint(c.Int()), Circles: []id.Circle{anyOf(c, c.circles)}}
		if c.IntN(4) == 0 {
			in.Circles, in.To = nil, anyOf(c, c.people)
		}
		var made exchange.Made[exchange.Ask]
		if made, err = c.Exchanges.Post(ctx, by, key, in); err == nil {
			c.asks = append(c.asks, exchangetest.Ask(t, c.House, made.ID))
		}
	case 2, 3, 4:
		var made exchange.Made[exchange.Exchange]
		in := exchange.Proposing{Ask: ask.ID, Words: anyOf(c, []string{"", "Avec plaisir."})}
		if who == ask.Author {
			in.To = []id.Person{anyOf(c, c.people)}
		}
		if made, err = c.Exchanges.Propose(ctx, by, key, in); err == nil {
			c.exchanges = append(c.exchanges, made.ID)
		}
	case 5, 6, 7, 8:
		err = c.move(t)
	case 9:
		var made exchange.Made[thread.Message]
		if made, err = c.Exchanges.Answer(ctx, by, key, exchange.Answering{Ask: ask.ID, Words: "Essayez ceci."}); err == nil {
			c.messages = append(c.messages, made.ID)
		}
	case 10:
		_, err = c.Exchanges.ThankMessage(ctx, persontest.As(ask.Author), key, exchange.ThankingMessage{Message: anyOf(c, c.messages), Words: "Merci.", Circles: ask.Circles})
	case 11:
		err = c.elsewhere(t, who)
	case 12:
		err = c.words(t, who)
	case 13:
		c.Clock.Advance(time.Duration(c.IntN(72)) * time.Hour)
		_, err = c.Exchanges.Lapse(ctx)
	}
	if _, no := refusal.As(err); err != nil && !no {
		t.Fatal(err)
	}
	return err
}

func (c *crowd) move(t *testing.T) error {
	t.Helper()
	if len(c.exchanges) == 0 {
		return nil
	}
	x := exchangetest.Exchange(t, c.House, anyOf(c, c.exchanges))
	who := anyOf(c, x.People())
	in := exchange.Moving{Exchange: x.ID, Move: anyOf(c, exchange.AllMoves())}
	if mine := x.Moves(who); len(mine) > 0 && c.IntN(4) > 0 {
		in.Move = anyOf(c, mine)
	}
	return c.Exchanges.Move(t.Context(), persontest.As(who), journal.Key{}, in)
}

func (c *crowd) elsewhere(t *testing.T, who id.Person) error {
	t.Helper()
	ctx := t.Context()
	if len(c.thanks) > 0 && c.IntN(2) == 0 {
		h := exchangetest.Thanks(t, c.House, anyOf(c, c.thanks))
		return c.Exchanges.MoveThanks(ctx, persontest.As(h.Giver), journal.Key{}, h.ID, anyOf(c, []exchange.ThanksMove{exchange.WithPleasure, exchange.Hide, exchange.Show}))
	}
	made, err := c.Exchanges.ThankElsewhere(ctx, persontest.As(who), journal.Key{}, exchange.ThankingElsewhere{
		Giver: anyOf(c, c.people), Kind: exchange.Help, Words: anyOf(c, []string{"", "Au téléphone."}), Circles: []id.Circle{anyOf(c, c.circles)},
	})
	if err == nil {
		c.thanks = append(c.thanks, made.ID)
	}
	return err
}

// words are those that bind nobody: talk, letters, settling, and taking words back.
func (c *crowd) words(t *testing.T, who id.Person) error {
	t.Helper()
	ctx, by, ask := t.Context(), persontest.As(who), anyOf(c, c.asks)
	switch c.IntN(5) {
	case 0:
		_, err := c.Circles.Talk(ctx, by, journal.Key{}, circle.TalkInput{Circle: anyOf(c, c.circles), Words: "Jeudi à Nantes."})
		return err
	case 1:
		_, err := c.Circles.Letter(ctx, by, journal.Key{}, circle.LetterInput{To: anyOf(c, c.people), Words: "Tu viens ?"})
		return err
	case 2:
		return c.Exchanges.Settle(ctx, persontest.As(ask.Author), journal.Key{}, exchange.Settling{
			Ask: ask.ID, Outcome: "C’est fait.", Helped: []exchange.Helper{{Person: who, Words: "Merci.", Circles: ask.Circles}},
		})
	case 3:
		return c.Exchanges.WithdrawAsk(ctx, persontest.As(ask.Author), journal.Key{}, ask.ID)
	default:
		return c.Threads.Delete(ctx, by, journal.Key{}, exchangetest.Viewer(t, c.House, who), anyOf(c, c.messages))
	}
}
