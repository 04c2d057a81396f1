package upkeep

import (
	"strings"

	"cordee/internal/circle"
	"cordee/internal/exchange"
)

// missing is a rule for rows that name what isn't there, where no foreign key
// watches over it: the table of that room comes later.
func missing(table, column, parent string) rule {
	return rule{
		"reference", "A row of " + table + " names the " + parent + " %[1]s, which isn't there.",
		"SELECT c." + column + " AS what FROM " + table + " AS c WHERE c." + column + " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM " + parent + " AS p WHERE p.id = c." + column + ")",
	}
}

func peopleRules() []rule {
	return []rule{
		missing("server_operator", "person", "person"),
		missing("person_shown", "circle", "circle"),
		{
			"server.operator", "The server was set up, and nobody keeps it.",
			"SELECT 1 AS have FROM server WHERE claimed_at > 0 AND NOT EXISTS (SELECT 1 FROM server_operator)",
		},
		{
			"person.address", "The person %[1]s gets mail at an address that they haven't proved.",
			"SELECT person AS what FROM person_address WHERE is_primary AND state <> 'verified'",
		},
		{
			"person.address", "The person %[1]s has proved an address, and none of theirs is the one for mail.",
			"SELECT DISTINCT a.person AS what FROM person_address AS a WHERE a.state = 'verified' AND NOT EXISTS (SELECT 1 FROM person_address AS b WHERE b.person = a.person AND b.is_primary)",
		},
		{
			"person.address", "The person %[1]s, who isn't active, has proved an address.",
			"SELECT DISTINCT a.person AS what FROM person_address AS a JOIN person AS p ON p.id = a.person WHERE a.state = 'verified' AND p.state <> 'active'",
		},
		{
			"person.merged", "The history of the person %[1]s was taken, but they aren't of the past.",
			"SELECT id AS what FROM person WHERE merged_into IS NOT NULL AND state <> 'staged'",
		},
		{
			"signin.session", "The person %[1]s is signed in, but isn't active.",
			"SELECT DISTINCT s.person AS what FROM signin_session AS s JOIN person AS p ON p.id = s.person WHERE s.ended_at = 0 AND p.state <> 'active'",
		},
		{
			"signin.session", "The session %[1]s ended or was used before it began.",
			"SELECT id AS what FROM signin_session WHERE seen_at < made_at OR (ended_at > 0 AND ended_at < made_at)",
		},
		{
			"signin.session", "The session %[1]s is open, and no cookie leads to it.",
			"SELECT s.id AS what FROM signin_session AS s WHERE s.ended_at = 0 AND NOT EXISTS (SELECT 1 FROM signin_cookie AS c WHERE c.session = s.id)",
		},
		{
			"signin.link", "The link %[1]s was used before it was made, or ended before it began.",
			"SELECT id AS what FROM signin_link WHERE (used_at > 0 AND used_at < made_at) OR expires_at < made_at",
		},
		{
			"signin.link", "The link %[1]s is for a move on nothing.",
			"SELECT id AS what FROM signin_link WHERE purpose = 'move' AND (ref IS NULL OR move = '' OR person IS NULL)",
		},
		{
			"notify.delivery", "The delivery %[1]s is of an act that isn't there.",
			"SELECT d.id AS what FROM notify_delivery AS d WHERE d.act IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal_act AS a WHERE a.id = d.act)",
		},
	}
}

func circleRules() []rule {
	const present = "SELECT count(*) FROM circle_membership AS m WHERE m.circle = c.id AND m.left_at = 0"
	return []rule{
		{
			"circle.members", "The circle %[4]s says that it has %[2]d members and has %[3]d.",
			"SELECT c.name AS text, c.members AS have, (" + present + ") AS want FROM circle AS c WHERE c.members <> (" + present + ")",
		},
		{
			"circle.host", "The circle %[4]s has no host.",
			"SELECT c.name AS text FROM circle AS c WHERE c.claimed AND c.stage <> 'closed' AND NOT EXISTS (SELECT 1 FROM circle_membership AS m WHERE m.circle = c.id AND m.left_at = 0 AND m.role = 'host')",
		},
		{
			"circle.charter", "The charter of the circle %[4]s is in force in version %[2]d, and its latest text is version %[3]d.",
			"SELECT c.name AS text, c.charter AS have, coalesce(h.version, 0) AS want FROM circle AS c LEFT JOIN (SELECT circle, max(version) AS version FROM circle_charter GROUP BY circle) AS h ON h.circle = c.id WHERE c.charter <> coalesce(h.version, 0)",
		},
		{
			"circle.slug", "The name %[4]s in addresses doesn't lead to its circle.",
			"SELECT c.slug AS text FROM circle AS c WHERE NOT EXISTS (SELECT 1 FROM circle_slug AS g WHERE g.circle = c.id AND g.slug = c.slug)",
		},
		{
			"circle.stage", "The circle %[4]s is active, and no version of its charter ever had " + quorumWord() + " agreements.",
			"SELECT c.name AS text FROM circle AS c WHERE c.active_at > 0 AND NOT EXISTS (SELECT 1 FROM circle_agreement AS a WHERE a.circle = c.id GROUP BY a.version HAVING count(*) >= " + quorum() + ")",
		},
		{
			"circle.stage", "The circle %[4]s is in gestation, and " + quorumWord() + " of its people have agreed to one charter.",
			"SELECT c.name AS text FROM circle AS c WHERE c.stage = 'gestation' AND EXISTS (SELECT 1 FROM circle_agreement AS a JOIN circle_membership AS m ON m.circle = a.circle AND m.person = a.person AND m.left_at = 0 WHERE a.circle = c.id GROUP BY a.version HAVING count(*) >= " + quorum() + ")",
		},
		{
			"circle.stage", "The circle %[4]s doesn't know whether it is in gestation.",
			"SELECT c.name AS text FROM circle AS c WHERE (c.stage = 'gestation') <> (c.active_at = 0)",
		},
		{
			"circle.stage", "The circle %[1]s became active %[2]d times.",
			"SELECT object_id AS what, count(*) AS have FROM journal_act WHERE kind = 'circle.activated' GROUP BY object_id HAVING count(*) > 1",
		},
		{
			"circle.agreed", "The person %[1]s is in the circle %[4]s and is said to have agreed to version %[2]d of its charter; on record is %[3]d.",
			"SELECT m.person AS what, c.name AS text, m.agreed AS have, coalesce(a.version, 0) AS want FROM circle_membership AS m JOIN circle AS c ON c.id = m.circle LEFT JOIN (SELECT circle, person, max(version) AS version FROM circle_agreement GROUP BY circle, person) AS a ON a.circle = m.circle AND a.person = m.person WHERE m.agreed <> coalesce(a.version, 0)",
		},
		{
			"circle.agreed", "The person %[1]s is in the circle %[4]s and has never agreed to its charter.",
			"SELECT m.person AS what, c.name AS text FROM circle_membership AS m JOIN circle AS c ON c.id = m.circle WHERE m.left_at = 0 AND m.agreed = 0",
		},
		{
			"circle.shown", "The person %[1]s is in the circle %[4]s and isn't shown there.",
			"SELECT m.person AS what, c.name AS text FROM circle_membership AS m JOIN circle AS c ON c.id = m.circle WHERE m.left_at = 0 AND NOT EXISTS (SELECT 1 FROM person_shown AS s WHERE s.person = m.person AND s.circle = m.circle)",
		},
		{
			"circle.shown", "The person %[1]s is shown in the circle %[4]s and isn't in it.",
			"SELECT s.person AS what, c.name AS text FROM person_shown AS s JOIN circle AS c ON c.id = s.circle JOIN person AS p ON p.id = s.person WHERE p.state = 'active' AND NOT EXISTS (SELECT 1 FROM circle_membership AS m WHERE m.person = s.person AND m.circle = s.circle AND m.left_at = 0)",
		},
		{
			"circle.invitation", "The invitation %[1]s let %[2]d people in and had %[3]d seats.",
			"SELECT id AS what, taken AS have, seats AS want FROM circle_invitation WHERE taken > seats",
		},
		{
			"circle.invitation", "The group's link %[1]s is said to have let %[2]d people in, and it was %[3]d.",
			"SELECT i.id AS what, i.taken AS have, count(m.person) AS want FROM circle_invitation AS i LEFT JOIN circle_membership AS m ON m.invitation = i.id WHERE i.way = 'group' GROUP BY i.id, i.taken HAVING i.taken <> count(m.person)",
		},
		missing("circle_membership", "invitation", "circle_invitation"),
	}
}

func quorum() string { return string(rune('0' + circle.Quorum)) }

func quorumWord() string {
	if circle.Quorum == 3 {
		return "three"
	}
	return quorum()
}

func threadRules() []rule {
	const messages = "SELECT count(*) FROM thread_message AS m WHERE m.thread = t.id"
	return []rule{
		missing("thread", "circle", "circle"),
		missing("thread_audience", "circle", "circle"),
		{
			"thread.messages", "The thread %[1]s says that it has %[2]d messages and has %[3]d.",
			"SELECT t.id AS what, t.messages AS have, (" + messages + ") AS want FROM thread AS t WHERE t.messages <> (" + messages + ")",
		},
		{
			"thread.messages", "The messages of the thread %[1]s aren't numbered through: the last of %[3]d is number %[2]d.",
			"SELECT m.thread AS what, max(m.number) AS have, count(*) AS want FROM thread_message AS m GROUP BY m.thread HAVING max(m.number) <> count(*)",
		},
		{
			"thread.last", "The last words in the thread %[1]s are of another time, or by another person, than it says.",
			"SELECT t.id AS what FROM thread AS t WHERE t.messages > 0 AND (t.last_at <> (SELECT max(at) FROM thread_message AS m WHERE m.thread = t.id) OR NOT EXISTS (SELECT 1 FROM thread_message AS m WHERE m.thread = t.id AND m.at = t.last_at AND m.author = t.last_author))",
		},
		{
			"thread.audience", "Nobody may see the thread %[1]s.",
			"SELECT t.id AS what FROM thread AS t WHERE NOT EXISTS (SELECT 1 FROM thread_audience AS a WHERE a.thread = t.id)",
		},
		{
			"thread.deleted", "The message %[1]s was deleted, and something of it is left.",
			"SELECT m.id AS what FROM thread_message AS m WHERE m.deleted_at > 0 AND (m.words <> '' OR m.quoted <> '' OR EXISTS (SELECT 1 FROM attachment AS f WHERE f.owner = m.id))",
		},
		{
			"thread.answers", "The message %[1]s answers one of another thread.",
			"SELECT m.id AS what FROM thread_message AS m JOIN thread_message AS a ON a.id = m.answers WHERE a.thread <> m.thread",
		},
		{
			"thread.circle", "The message %[1]s says that it lives in another circle than its thread.",
			"SELECT m.id AS what FROM thread_message AS m JOIN thread AS t ON t.id = m.thread WHERE coalesce(m.circle, t.id) <> coalesce(t.circle, t.id)",
		},
		{
			"thread.subject", "The thread %[1]s is about an ask that isn't there, or that has another thread.",
			"SELECT t.id AS what FROM thread AS t WHERE t.subject_kind = 'ask' AND NOT EXISTS (SELECT 1 FROM exchange_ask AS a WHERE a.id = t.subject_id AND a.thread = t.id)",
		},
		{
			"thread.subject", "The thread %[1]s is about an exchange that isn't there, or that has another thread.",
			"SELECT t.id AS what FROM thread AS t WHERE t.subject_kind = 'exchange' AND NOT EXISTS (SELECT 1 FROM exchange AS x WHERE x.id = t.subject_id AND x.thread = t.id)",
		},
	}
}

func exchangeRules() []rule {
	// The state of the whole, as Exchange.State has it: the first of these that a
	// line is in.
	var state strings.Builder
	state.WriteString("CASE")
	for _, s := range []exchange.State{exchange.Done, exchange.Agreed, exchange.Proposed, exchange.Confirmed, exchange.CalledOff, exchange.Lapsed, exchange.Withdrawn, exchange.Declined} {
		state.WriteString(" WHEN EXISTS (SELECT 1 FROM exchange_receiver AS r WHERE r.exchange = x.id AND r.state = '" + string(s) + "') THEN '" + string(s) + "'")
	}
	state.WriteString(" ELSE '' END")
	return []rule{
		{
			"ask.open", "The ask %[1]s is listed as open and isn't, or the other way round.",
			"SELECT DISTINCT a.id AS what FROM exchange_ask AS a JOIN exchange_ask_circle AS s ON s.ask = a.id WHERE s.is_open <> (a.state = 'open')",
		},
		{
			"ask.open", "The ask %[1]s doesn't know whether it has ended.",
			"SELECT id AS what FROM exchange_ask WHERE (state = 'open') <> (ended_at = 0)",
		},
		{
			"ask.to", "The ask %[1]s is put to nobody.",
			"SELECT a.id AS what FROM exchange_ask AS a WHERE a.to_person IS NULL AND NOT EXISTS (SELECT 1 FROM exchange_ask_circle AS s WHERE s.ask = a.id)",
		},
		{
			"ask.to", "The ask %[1]s is put both to a circle and to one person.",
			"SELECT a.id AS what FROM exchange_ask AS a WHERE a.to_person IS NOT NULL AND EXISTS (SELECT 1 FROM exchange_ask_circle AS s WHERE s.ask = a.id)",
		},
		{
			"exchange.state", "The exchange %[1]s is listed as %[4]s, and its people stand elsewhere.",
			"SELECT x.id AS what, x.state AS text FROM exchange AS x WHERE x.state <> " + state.String(),
		},
		{
			"exchange.people", "In the exchange %[1]s somebody helps themselves.",
			"SELECT x.id AS what FROM exchange AS x JOIN exchange_receiver AS r ON r.exchange = x.id WHERE r.person = x.giver",
		},
		{
			"exchange.confirmed", "The exchange %[1]s was confirmed by who gave.",
			"SELECT x.id AS what FROM journal_act AS a JOIN exchange AS x ON x.id = a.object_id WHERE a.kind = '" + exchange.ActConfirmed + "' AND x.kind <> 'company' AND a.person = x.giver",
		},
		{
			"exchange.confirmed", "The exchange %[1]s is confirmed without a time.",
			"SELECT exchange AS what FROM exchange_receiver WHERE state = 'confirmed' AND confirmed_at = 0",
		},
		{
			"thanks.state", "The thanks %[1]s are welcomed, and nothing was done.",
			"SELECT id AS what FROM exchange_thanks WHERE state = 'welcomed' AND exchange IS NULL",
		},
		{
			"thanks.state", "The thanks %[1]s wait to be welcomed, though they are for something done here.",
			"SELECT id AS what FROM exchange_thanks WHERE state = 'noted' AND NOT elsewhere",
		},
	}
}

// searchRules are for what can be found: all that should, nothing else, by
// nobody else.
func searchRules(postgres bool) []rule {
	words := "search_fts_docsize AS f WHERE f.id = d.id"
	if postgres {
		words = "search_fts AS f WHERE f.doc = d.id"
	}
	const (
		doc  = "EXISTS (SELECT 1 FROM search_doc AS d WHERE d.ref_kind = '%' AND d.ref_id = o.id)"
		seen = "EXISTS (SELECT 1 FROM search_audience AS s WHERE s.doc = d.id AND s.who = %)"
	)
	of := func(pattern, value string) string { return strings.ReplaceAll(pattern, "%", value) }
	threads := " FROM search_doc AS d JOIN thread_message AS m ON m.id = d.ref_id JOIN thread AS t ON t.id = m.thread"
	return []rule{
		{
			"search.message", "The message %[1]s can't be found.",
			"SELECT o.id AS what FROM thread_message AS o WHERE o.deleted_at = 0 AND NOT " + of(doc, "message"),
		},
		{
			"search.message", "The deleted message %[1]s can still be found.",
			"SELECT o.id AS what FROM thread_message AS o WHERE o.deleted_at > 0 AND " + of(doc, "message"),
		},
		{
			"search.person", "The person %[1]s can't be found.",
			"SELECT o.id AS what FROM person AS o WHERE o.state = 'active' AND NOT " + of(doc, "person"),
		},
		{
			"search.person", "The person %[1]s can be found, and isn't active.",
			"SELECT o.id AS what FROM person AS o WHERE o.state <> 'active' AND " + of(doc, "person"),
		},
		{
			"search.thanks", "The thanks %[1]s can't be found.",
			"SELECT o.id AS what FROM exchange_thanks AS o WHERE o.words <> '' AND NOT " + of(doc, "thanks"),
		},
		{
			"search.thanks", "The thanks %[1]s can be found, and have no words.",
			"SELECT o.id AS what FROM exchange_thanks AS o WHERE o.words = '' AND " + of(doc, "thanks"),
		},
		{
			"search.gone", "Search finds the %[4]s %[1]s, which isn't there.",
			"SELECT d.ref_id AS what, d.ref_kind AS text FROM search_doc AS d WHERE d.ref_kind NOT IN ('message', 'person', 'thanks')" +
				" OR (d.ref_kind = 'message' AND NOT EXISTS (SELECT 1 FROM thread_message AS m WHERE m.id = d.ref_id))" +
				" OR (d.ref_kind = 'person' AND NOT EXISTS (SELECT 1 FROM person AS p WHERE p.id = d.ref_id))" +
				" OR (d.ref_kind = 'thanks' AND NOT EXISTS (SELECT 1 FROM exchange_thanks AS h WHERE h.id = d.ref_id))",
		},
		{
			"search.place", "Search finds the message %[1]s in another place than its thread.",
			"SELECT d.ref_id AS what" + threads + " WHERE d.ref_kind = 'message' AND (d.in_id <> t.subject_id OR d.in_kind <> t.subject_kind)",
		},
		{
			"search.words", "The words of the %[4]s %[1]s aren't in the index.",
			"SELECT d.ref_id AS what, d.ref_kind AS text FROM search_doc AS d WHERE NOT EXISTS (SELECT 1 FROM " + words + ")",
		},
		{
			"search.audience", "The message %[1]s is found by people who may not see it.",
			"SELECT DISTINCT d.ref_id AS what" + threads + " JOIN search_audience AS s ON s.doc = d.id WHERE d.ref_kind = 'message'" +
				" AND NOT EXISTS (SELECT 1 FROM thread_audience AS a WHERE a.thread = t.id AND (a.circle = s.who OR a.person = s.who))",
		},
		{
			"search.audience", "The message %[1]s isn't found by all who may see it.",
			"SELECT DISTINCT d.ref_id AS what" + threads + " JOIN thread_audience AS a ON a.thread = t.id WHERE d.ref_kind = 'message' AND NOT " + of(seen, "coalesce(a.circle, a.person)"),
		},
		{
			"search.audience", "The person %[1]s is found by circles that they aren't shown in.",
			"SELECT DISTINCT d.ref_id AS what FROM search_doc AS d JOIN search_audience AS s ON s.doc = d.id WHERE d.ref_kind = 'person' AND s.who <> d.ref_id" +
				" AND NOT EXISTS (SELECT 1 FROM person_shown AS w WHERE w.person = d.ref_id AND w.circle = s.who)",
		},
		{
			"search.audience", "The person %[1]s isn't found by all their circles.",
			"SELECT DISTINCT d.ref_id AS what FROM search_doc AS d JOIN person_shown AS w ON w.person = d.ref_id WHERE d.ref_kind = 'person' AND NOT " + of(seen, "w.circle"),
		},
		{
			"search.audience", "The thanks %[1]s are found by people who may not see them.",
			"SELECT DISTINCT d.ref_id AS what FROM search_doc AS d JOIN exchange_thanks AS h ON h.id = d.ref_id JOIN search_audience AS s ON s.doc = d.id WHERE d.ref_kind = 'thanks'" +
				" AND s.who <> h.giver AND s.who <> h.thanker AND (h.hidden OR h.state <> 'welcomed'" +
				" OR NOT EXISTS (SELECT 1 FROM exchange_thanks_circle AS c WHERE c.thanks = h.id AND c.circle = s.who))",
		},
		{
			"search.audience", "The thanks %[1]s aren't found by all whom they are shared with.",
			"SELECT DISTINCT d.ref_id AS what FROM search_doc AS d JOIN exchange_thanks AS h ON h.id = d.ref_id JOIN exchange_thanks_circle AS c ON c.thanks = h.id" +
				" WHERE d.ref_kind = 'thanks' AND h.state = 'welcomed' AND NOT h.hidden AND NOT " + of(seen, "c.circle"),
		},
	}
}
