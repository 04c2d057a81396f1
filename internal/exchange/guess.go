package exchange

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cordee/internal/person"
	"cordee/internal/search"
	"cordee/internal/thread"
	"cordee/internal/words"
)

// How guessing works, and how it fails: nothing is understood. A few turns of
// phrase that people use in French, English and Spanish are looked for in the
// folded words (no capitals, no accents); the first one that is there decides.
// When in doubt nothing is guessed, since a wrong guess costs its author more
// than an empty field: kind falls back to help, all else stays empty. Everything
// guessed is folded away on the page, one tap to correct.

// Guess is what the words of an ask say about it. Today is the author's local
// time; known are tags in use among those who will read it.
func Guess(said string, today time.Time, known []string) Facts {
	said = thread.Clean(said)
	text := " " + strings.Join(strings.Fields(search.Fold(strings.NewReplacer("’", "'", "*", "", "_", " ").Replace(said))), " ") + " "
	return Facts{
		Title:  person.Line(words.Title(said, titleSigns)),
		Kind:   guessKind(text),
		Tags:   guessTags(said, text, known),
		Remote: remoteWords.MatchString(text),
		Place:  guessPlace(said),
		By:     guessBy(text, today),
		Zone:   today.Location().String(),
		Size:   guessSize(text),
	}
}

// titleSigns is where a guessed title ends at the latest.
const titleSigns = 80

//nolint:misspell // these are French and Spanish
var (
	companyWords = regexp.MustCompile(`\b(un cafe|prendre (un|le) (cafe|verre|the)|boire un (coup|verre|cafe|the)|dejeuner (ensemble|avec|a plusieurs)|(on|qui) (mange|dejeune)|un dejeuner|travailler cote a cote|cote a cote|coworker|une heure de compagnie|se promener|une marche|grab (a )?(coffee|lunch|beer)|have (a )?(coffee|lunch)|(a|for|virtual) coffee|lunch (together|with)|for lunch|work(ing)? side by side|side by side|co-?work(ing)? (together|with|session)|go for a walk|keep me company|tomar (un cafe|algo|una caf)|un cafe|almorzar juntos|almorzar con|comer juntos|trabajar codo con codo|codo con codo|dar un paseo|cafe virtual)\b`)
	businessWord = regexp.MustCompile(`\b(sous-?trait\w*|appel d'offres|tjm|tarif (journalier|jour)|une mission (de|pour|chez|en|a)|mission freelance|cherche (un|une|des) (freelance|prestataire|independante?s?|associee?s?)|client potentiel|apporteur d'affaires?|recommander a un client|pour un de mes clients|pour une de mes clientes|subcontract\w*|day rate|looking for a (freelancer?|contractor|subcontractor)|a client of mine (needs|is looking|wants)|one of my clients (needs|is looking|wants)|request for (quote|proposal)s?|rfp|subcontrat\w*|tarifa (diaria|por dia)|busco (un|una) (freelance|autonom[oa]|proveedora?|soci[oa])|un cliente mio (necesita|busca)|una clienta mia (necesita|busca)|licitacion)\b`)
	learnWords   = regexp.MustCompile(`\b(m'apprendre|apprendre (a|le|la|les|l')|j'apprends|apprenez|apprends-moi|m'expliquer (comment|le|la|les)|me montrer comment|me former|vous former|former (a|au|aux|sur)|une formation|un atelier (sur|pour|de)|un cours|des cours|initier? (a|au|aux)|initiation|je (peux|veux bien) (montrer|expliquer|apprendre|enseigner)|je (montre|enseigne)|j'(enseigne|explique) (comment|a)|teach(es|ing)?|learn(ing)?|show (me|you|people|anyone) how|explain (to me )?how|a lesson|lessons|a tutorial on|mentor(ing|ship)?|ensenar(me|le|les|te|os)?|enseno|ensename|ensena|aprender|aprendo|aprendiendo|explicarme|explicar como|mostrarme como|un taller (de|sobre)|clases? de|un curso|mentoria)\b`)
)

func guessKind(text string) Kind {
	switch {
	case businessWord.MatchString(text):
		return Business
	case companyWords.MatchString(text):
		return Company
	case learnWords.MatchString(text):
		return Learning
	}
	return Help
}

//nolint:misspell // these are French and Spanish
var (
	remoteWords = regexp.MustCompile(`\b(a distance|en visio\w*|visio ?conference|par (telephone|tel|mail|courriel|ecran partage)|au telephone|en ligne|remote(ly)?|online|by (phone|video|mail)|(on|over) the phone|over (zoom|video|skype)|video ?call|screen ?shar\w+|on zoom|sur zoom|por (zoom|telefono|video\w*)|en linea|en remoto|a distancia|videollamada)\b`)

	moreWords = regexp.MustCompile(`\b(une journee (entiere|complete)|toute une journee|une bonne journee|plusieurs (jours|semaines|mois)|quelques jours de (travail|boulot)|a (full|whole) day|several (days|weeks|months)|a few days of work|un dia (entero|completo)|todo un dia|varios (dias|meses)|varias semanas)\b`)
	halfWords = regexp.MustCompile(`\b(demi-? ?journee|half a day|half-day|half day|(une|la) matinee|medio dia de trabajo|media jornada|medio dia)\b`)
	hourWords = regexp.MustCompile(`\b((une|1) (petite |bonne |grosse )?heure|1 ?h|deux heures|2 ?h|une demi-? ?heure|demi-? ?heure|(30|45|trente|quarante-cinq) ?(mn|min|minutes)|(an|one|1) hour|half an hour|half-hour|(30|45|thirty) ?(min|mins|minutes)|(una|1) (horita|hora)|media hora|(30|45|treinta) ?(min|minutos))\b`)
	tenWords  = regexp.MustCompile(`\b((2|3|5|10|15|deux|trois|cinq|dix|quinze|une dizaine de) ?(mn|min|minutes)|(five|ten|fifteen|a few|a couple of) (min|mins|minutes)|(5|10|15) mins?|(cinco|diez|quince|un par de|unos) (min|minutos|minutitos)|petite question|question rapide|quick question|pregunta rapida|deux minutes)\b`)
	ago       = regexp.MustCompile(`\b(il y a|depuis|dans|d'ici|pendant|toutes les|since|for the (last|past)|in the (last|past)|every|in|hace|desde hace|cada|dentro de|en)( \pL+)?$`)
	agoAfter  = regexp.MustCompile(`^ (ago|later|plus tard|de retard|late|tarde|a l'heure|an hour|par jour|a day|al dia)\b`)
)

// guessSize takes the smallest time that is named as a duration: "il y a dix
// minutes" and "in an hour" are none.
func guessSize(text string) Size {
	for _, s := range []struct {
		words *regexp.Regexp
		size  Size
	}{{tenWords, TenMinutes}, {moreWords, More}, {halfWords, HalfDay}, {hourWords, AnHour}} {
		for _, at := range s.words.FindAllStringIndex(text, -1) {
			if !ago.MatchString(strings.TrimRight(text[:at[0]], " ")) && !agoAfter.MatchString(text[at[1]:]) {
				return s.size
			}
		}
	}
	return ""
}

// placed are turns after which a name can only be a place. They are looked for
// in the words as written: capitals tell a name.
var placed = regexp.MustCompile(`(?:[Ss]ur place à|[Pp]rès d(?:e |['’])|[Aa]utour d(?:e |['’])|[Àà] côté d(?:e |['’])|[Jj](?:e |['’])(?:suis|habite|vis)(?: basée?)? à|[Ss]e (?:voir|retrouver|rencontrer) à|[Bb]asée? à|[Nn]ear|[Bb]ased in|I live in|I(?: a|['’])m in|[Mm]eet(?:ing)? (?:up )?in|[Cc]erca de|[Vv]ivo en|[Ee]stoy en|[Qq]uedar en|[Vv]ernos en|[Bb]asad[oa] en) ?((?:(?:[Ll][ae]s? |[Ee]l |[Ll]os )?\p{Lu}[\pL’'-]+)(?:(?:[ -](?:de|del|la|le|les|sur|sous|en|los|d['’]))*[ -]?\p{Lu}[\pL’'-]+)*)`)

func guessPlace(said string) string {
	m := placed.FindStringSubmatch(said)
	if m == nil || utf8.RuneCountInString(m[1]) > MaxPlace {
		return ""
	}
	return person.Line(m[1])
}

var hashtag = regexp.MustCompile(`(?:^|[\s(])#(\pL[\pL\d_-]{1,39})`)

// guessTags takes #tags, and known tags that stand in the words.
func guessTags(said, text string, known []string) []string {
	var tags []string
	add := func(t string) {
		if len(tags) < MaxTags && !slices.ContainsFunc(tags, func(o string) bool { return search.Fold(o) == search.Fold(t) }) {
			tags = append(tags, t)
		}
	}
	for _, m := range hashtag.FindAllStringSubmatch(said, -1) {
		add(m[1])
	}
	bare := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return ' '
	}, text)
	bare = " " + strings.Join(strings.Fields(bare), " ") + " "
	for _, k := range known {
		f := strings.Join(strings.Fields(search.Fold(k)), " ")
		if utf8.RuneCountInString(f) < 3 {
			continue
		}
		// A plural is the same tag: "factures" for "facture".
		if strings.Contains(bare, " "+f+" ") || strings.Contains(bare, " "+strings.TrimSuffix(f, "s")+" ") || strings.Contains(bare, " "+f+"s ") {
			add(k)
		}
	}
	return tags
}
