package importer

import (
	"regexp"
	"strings"

	"cordee/internal/search"
)

// How an ask is told from talk, and how it fails: nothing is understood. A few
// turns of phrase by which people ask a whole group for something, in English,
// French and Spanish, are looked for in the first mail, and things that only look
// like asking (announcements, calls for papers, jobs) are left out by their
// subjects. When in doubt it is talk: nobody misses anything, since both are read
// and found alike.

// longest is how many bytes of the first mail are looked at: people ask before
// they explain, or right after.
const longest = 6000

//nolint:misspell // these are French and Spanish
var (
	asksGroup = regexp.MustCompile(`\b(` + strings.Join([]string{
		// English
		`(does|do|did|has|have|is|are|was|can|could|would|might|will) (any ?one|any ?body|some ?one|some ?body|any of you)\b`,
		`is there (any ?one|any ?body|some ?one|some ?body|a way|any way)\b`,
		`any ?(one|body) (know|knows|have|has|tried|seen|able|got|willing|who|using|experience)\b`,
		`any (help|advice|ideas?|suggestions?|pointers?|hints?|recommendations?|thoughts|insights?|guidance|feedback) (would|is|are|will|on|about|for|as|how|regarding|appreciated)\b`,
		`(i|we) (need|could use|would like|would appreciate|am looking for|are looking for|'m looking for|'re looking for) (some |any |your )?(help|advice|assistance|guidance|suggestions)\b`,
		`(i am|i'm|we are|we're) (looking|searching) for (someone|somebody|a |an |some )`,
		`(please|kindly) (help( me| us)?|advise|assist( me| us)?)\b`,
		`(can|could|would) you (please )?(help|advise|assist|tell me|point me)\b`,
		`help (is |would be |will be )?(very |much |greatly |highly )*(appreciated|welcome|needed)\b`,
		// French
		`quelqu'un(e)? (connait|connaitrait|sait|saurait|a |aurait|peut|pourrait|utilise|est|serait|parmi|d'entre|veut|voudrait|qui)\b`,
		`(y a-t-il|est-ce que|est-ce qu'il y a) quelqu'un`,
		`qui (connait|connaitrait|saurait|pourrait|aurait|peut m'aider|peut nous aider|sait comment)\b`,
		`(je|nous) (re)?cherch(e|ons) (un|une|des|quelqu'un|de l'aide|a savoir|comment)\b`,
		`(j'ai|j'aurais|nous avons|nous aurions) besoin (d'aide|d'un|de vos|de votre|de conseils|d'une)\b`,
		`(pouvez|pourriez|peux|pourrais)-(vous|tu) (m'|nous |me )(aider|eclairer|conseiller|dire)\b`,
		`(auriez|avez)-vous (une idee|des idees|un conseil|des conseils|une recommandation|un contact|deja)\b`,
		`(des|une|vos) (idees?|pistes?|conseils?) \?`,
		// Spanish
		`alguien (sabe|conoce|tiene|puede|podria|me puede|me podria|nos puede|ha |usa|utiliza|que sepa|que tenga|que pueda)`,
		`quien (sabe|conoce|puede|podria|tiene)\b`,
		`(busco|buscamos|necesito|necesitamos) (ayuda|consejo|consejos|a alguien|un |una |saber)`,
		`(me|nos) (pueden|podrian|podeis|podriais|puedes|podrias) (ayudar|decir|recomendar|orientar)`,
		`(se )?agradece(ria|mos|re)? (cualquier|toda|alguna) (ayuda|idea|sugerencia|recomendacion)`,
	}, "|") + `)`)
	tellsGroup = regexp.MustCompile(`\b(ann|announce(ment)?|announcing|annonce|anuncio|release[ds]?|cfp|call for|appel a (communications?|contributions?|candidatures?)|convocatoria|newsletter|lettre d'info\w*|boletin|digest|minutes|compte-?rendu|acta|jobs?|emploi|stage|vacante|poste|hiring|webinar|webinaire|programme|agenda|invitation|fyi|pour info\w*|welcome|bienvenue|bienvenidos)\b`)
)

// plainlyAsks tells whether somebody who begins a thread asks the group for
// something.
func plainlyAsks(subject, words string) bool {
	if tellsGroup.MatchString(search.Fold(subject)) {
		return false
	}
	var b strings.Builder
	for line := range strings.Lines(words) {
		if strings.HasPrefix(line, ">") { // what somebody else said
			continue
		}
		if b.Len() > longest {
			break
		}
		b.WriteString(line)
		b.WriteByte(' ')
	}
	text := strings.Join(strings.Fields(search.Fold(strings.ReplaceAll(b.String(), "’", "'"))), " ")
	return asksGroup.MatchString(text)
}
