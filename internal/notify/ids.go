package notify

import (
	"crypto/sha256"
	"encoding/base32"
	"net/url"
	"strings"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
)

// DeliveryID is the key of a delivery.
type DeliveryID = id.Of[Delivery]

// deliveryID is derived from the act and the person, so that a repeat finds the
// same row. Nobody here yet is the zero person: such an act concerns one address.
func deliveryID(at time.Time, act id.Act, to id.Person) DeliveryID {
	return id.Derived[Delivery](at, "delivery "+act.String()+" "+to.String())
}

// digestID is derived from the person and their day, so that a day has one digest.
func digestID(at time.Time, to id.Person, day string) DeliveryID {
	return id.Derived[Delivery](at, "digest "+to.String()+" "+day)
}

// host is what stands behind the @ of Message-IDs and below List-Ids.
func host(base *url.URL) string {
	if h := base.Hostname(); h != "" && !strings.Contains(h, ":") {
		return h
	}
	return "localhost"
}

// messageID is a delivery's own. It tells nothing of the ids inside the house.
func messageID(d DeliveryID, host string) string { return hashed("mail "+d.String()) + "@" + host }

// rootID is what all mails about one thing refer to.
func rootID(ref journal.Ref, host string) string { return hashed("root "+ref.String()) + "@" + host }

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
}
