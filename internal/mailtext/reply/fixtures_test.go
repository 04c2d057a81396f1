package reply_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cordee/internal/mailtext/reply"
)

// fixtures are mails as clients send them; they lie beside the project and
// aren't part of it.
const fixtures = "../../../../shared/data/reply-fixtures"

const lorem = "Fusce bibendum, quam hendrerit … aliquet nec nec nibh."

// What the recipient of each takes for new words: how they begin and end, or the
// whole of them where that is short. "" means that nothing new was said.
func expected() map[string]string {
	return map[string]string{
		"correct_sig.txt": "this is an email with a correct -- signature.", "sig_no_empty_line.txt": "this is an email with a signature with no empty line above.",
		"email_1_1.txt": "Hi folks … -Abhishek Kona", "email_1.txt": "Hi folks … -Abhishek Kona",
		"email_1_2.txt": "Hi, … delete them all individually.\"", "email_2.txt": "Hi, … delete them all individually.\"",
		"email_1_3.txt": "Oh thanks. … -Abhishek Kona", "email_3.txt": "Oh thanks. … -Abhishek Kona",
		"email_1_4.txt": "Awesome! I haven't had another problem with it.", "email_4.txt": "Awesome! I haven't had another problem with it.",
		"email_1_5.txt": "One: Here's what I've got. … for a while.", "email_5.txt": "One: Here's what I've got. … for a while.",
		"email_1_6.txt": "I get proper rendering as well.", "email_6.txt": "I get proper rendering as well. … torch of pixels",
		"email_1_7.txt": ":+1:", "email_1_8.txt": "> okay. … I will reply under this one … and under this.",
		"email_2_1.txt": "Outlook with a reply", "email_2_2.txt": "Outlook with a reply directly above line",
		"email_2_3.txt":        "Outlook with a reply … ",
		"email_BlackBerry.txt": "Here is another email",
		"email_blackberry.txt": "Here is another email",
		"email_iPhone.txt":     "Here is another email",
		"email_iphone.txt":     "Here is another email",
		"email_multi_word_sent_from_my_mobile_device.txt": "Here is another email",
		"email_sent_from_my_not_signature.txt":            "Here is another email … easier then my mobile phone.",
		"email_bullets.txt":                               "test 2 this should list second … - and another",
		"email_gmail.txt":                                 "This is a test for inbox replying to a github message.",
		"email_headers_no_delimiter.txt":                  "And another reply!",
		"email_long_quote.txt":                            "Hi folks … -Abhishek Kona",
		"email_one_is_not_on.txt":                         "Thank, this is really helpful. … when I run...",
		"email_partial_quote_header.txt":                  "On your remote host you can run: … the tunnel is not working.",
		"greedy_on.txt":                                   "On your remote host you can run: … the tunnel is not working.",
		"email_sig_delimiter_in_middle_of_line.txt":       "Hi there! … kthxbai",
		"pathological.txt":                                "I think you're onto something. … back to a computer.",
		"email_7.txt":                                     "Fusce bibendum",
		"email_8.txt":                                     lorem, "email_9.txt": lorem, "email_10.txt": lorem, "email_11.txt": lorem, "email_12.txt": lorem,
		"email_13.txt": lorem, "email_14.txt": lorem, "email_15.txt": "Fusce bibendum", "email_16.txt": lorem, "email_17.txt": lorem, "email_18.txt": lorem,
		"email_22.txt": lorem, "email_23.txt": lorem, "email_24.txt": lorem, "email_25.txt": lorem, "email_26.txt": lorem,
		"email_19.txt": "On Thursday, I get proper rendering.", "email_20.txt": "On Thursday.", "email_21.txt": "On Thursday: … est laborum.",
		"email_custom_quote_header.txt":     "Thank you!",
		"email_customer_quote_header_2.txt": "Thank you very much.",
		"email_customer_quote_header_3.txt": "bonjour, … merci d'avance",
		"email_danish_dash_separator.txt":   lorem, "email_french_dash_separator.txt": lorem, "email_french_2.txt": lorem, "email_emoji.txt": "🎉",
		"email_en_multiline_2.txt": lorem, "email_fr_multiline.txt": lorem, "email_finnish.txt": lorem, "email_german.txt": lorem,
		"email_german_2.txt": lorem, "email_german_3.txt": "Fusce bibendum … Hi there!", "email_german_outlook.txt": lorem,
		"email_gmail_split_line_from.txt": lorem, "email_outlook_split_line_from.txt": lorem, "email_ios_outlook.txt": lorem,
		"email_ios_outlook_fr.txt": lorem, "email_italian.txt": lorem, "email_msn.txt": lorem, "email_norwegian_gmail.txt": lorem,
		"email_portuguese.txt": lorem, "email_russian.txt": lorem, "email_original_message.txt": lorem, "email_original_message_2.txt": lorem,
		"email_not_a_signature.txt":   "Dear XXXXX: … Super Domain Name Manager",
		"email_not_a_signature_2.txt": "Hello, … -- and also third point … Thanks!",
		"email_reply_header.txt":      "This is the latest reply. … Stranger",
		"email_sent_from.txt":         "Hi it can happen … between words or paragraphs.",
		"email_thread.txt":            "This is new email reply in thread from bellow.",
		"email_unquoted_reply.txt":    "This is my reply.",
		"email_with_date_headers.txt": "Thank you very much. … This is my previous mail",
		"email_with_from_headers.txt": "[FROM] … <foo@example.com>",
		"email_with_regards.txt":      "Hi, … CEO @ Acme !",
		"email_zoho.txt":              "What is the best way … running a test?",

		"email_tricky_1_on_false_positive.txt":      "On the surface, … performance is great.",
		"email_tricky_2_url_with_wrote.txt":         "Hi there, … John",
		"email_tricky_3_code_block.txt":             "Here's the code … as actual signatures.",
		"email_tricky_4_from_in_body.txt":           "I need to parse … message content.",
		"email_tricky_5_mixed_languages.txt":        lorem,
		"email_tricky_6_regards_in_sentence.txt":    "I wanted to discuss … should be visible.",
		"email_tricky_7_multiple_dashes.txt":        "Here is my analysis: … separators in my content.",
		"email_tricky_8_sent_from_in_content.txt":   "The notification was sent from my iPhone app … main server.",
		"email_tricky_9_nested_quotes.txt":          "I agree with the points below.",
		"email_tricky_10_special_chars_in_name.txt": lorem, "email_tricky_12_no_space_after_header.txt": lorem,
		"email_tricky_14_long_quote_header.txt": lorem, "email_tricky_15_original_message_variations.txt": lorem,
		"email_tricky_11_double_signature.txt":     "Thanks for your help! … John",
		"email_tricky_13_timestamp_variations.txt": "Here are different … not quote headers.",
		"email_tricky_16_unicode_signatures.txt":   "Thanks for the update! … Sarah",
		"email_tricky_17_forward_header.txt":       "See the forwarded message below.",
		"email_tricky_18_inline_reply.txt":         "> What's your opinion on option A? … I think option A is great. … some drawbacks. … not suitable for our use case.",
		"email_tricky_19_quote_without_header.txt": "I wanted to respond … angle brackets … quoted text above. … And my final thoughts.",
		"email_tricky_20_html_entities.txt":        "The data should be … handled correctly.",
	}
}

func TestFixtures(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(fixtures); err != nil {
		t.Skip("the collected mails aren't beside the project: " + fixtures)
	}
	files, err := filepath.Glob(fixtures + "/*/test/*/*.txt")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	want := expected()
	for _, f := range files {
		name := filepath.Base(f)
		t.Run(filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(f))))+"/"+name, func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			expect, known := want[name]
			if !known {
				t.Fatal("nobody has read this fixture yet")
			}
			texts := reply.Share(reply.Plain(string(body)))
			if !reads(texts.Words, expect) {
				t.Errorf("want %q, got words\n%.600s", expect, texts.Words)
			}
			sameTokens(t, string(body), texts)
		})
	}
}

// reads tells whether words are the parts of want, in order, the first at the
// start and the last at the end.
func reads(words, want string) bool {
	parts := strings.Split(want, " … ")
	if len(parts) == 1 && want != "Fusce bibendum" {
		return words == want
	}
	if !strings.HasPrefix(words, parts[0]) || !strings.HasSuffix(words, parts[len(parts)-1]) && len(parts) > 1 {
		return false
	}
	for _, p := range parts {
		i := strings.Index(words, p)
		if i < 0 {
			return false
		}
		words = words[i+len(p):]
	}
	return true
}
