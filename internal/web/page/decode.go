package page

import (
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"cordee/internal/refusal"
)

// How much of a form is kept in memory, and how long one of its fields may be:
// well above what any room takes, so that rooms say what is too long, in words.
const (
	memory   = 1 << 20
	maxField = 200_000
	maxPairs = 500
)

// Decode reads a posted form into a struct whose fields are tagged form:"name".
// It knows string, bool (a ticked box), int, []string, types built on these, and
// *multipart.FileHeader or a slice of them, and looks into embedded structs. Line ends become \n; white space
// around single values goes. What is no text, or too much, is refused.
//
//	var in struct {
//		Words string      `form:"words"`
//		To    []string    `form:"to"`
//		Kind  exchange.Kind `form:"kind"`
//	}
//	if err := page.Decode(r, &in); err != nil { return err }
func Decode(r *http.Request, into any) error {
	if err := parse(r); err != nil {
		return err
	}
	pairs := 0
	for name, values := range r.PostForm {
		if pairs += len(values); pairs > maxPairs {
			return refusal.New(refusal.Invalid, "form.too_large")
		}
		for i, value := range values {
			if len(value) > maxField {
				return refusal.New(refusal.Invalid, "form.too_long").On(name)
			}
			if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				return refusal.New(refusal.Invalid, "form.not_text").On(name)
			}
			values[i] = lines(value)
		}
	}
	return fill(r, reflect.ValueOf(into).Elem())
}

// lines makes the line ends of a browser (HTML: CRLF) ours.
func lines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func parse(r *http.Request) error {
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(memory) //nolint:gosec // the server bounds the body, see Route.Body
	} else {
		err = r.ParseForm()
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large), errors.Is(err, multipart.ErrMessageTooLarge):
		return refusal.New(refusal.Invalid, "form.too_large")
	case err != nil:
		return refusal.New(refusal.Invalid, "form.unreadable")
	}
	return nil
}

func fill(r *http.Request, to reflect.Value) error {
	for i := range to.NumField() {
		field := to.Type().Field(i)
		name := field.Tag.Get("form")
		if name == "" {
			if field.Anonymous && field.Type.Kind() == reflect.Struct { // fields that several forms share
				if err := fill(r, to.Field(i)); err != nil {
					return err
				}
			}
			continue
		}
		if files, ok := to.Field(i).Addr().Interface().(*[]*multipart.FileHeader); ok {
			*files = uploaded(r, name)
			continue
		}
		if one, ok := to.Field(i).Addr().Interface().(**multipart.FileHeader); ok {
			if all := uploaded(r, name); len(all) > 0 {
				*one = all[0]
			}
			continue
		}
		if err := set(to.Field(i), name, r.PostForm[name]); err != nil {
			return err
		}
	}
	return nil
}

// uploaded leaves out what browsers send for a file field that was left empty.
func uploaded(r *http.Request, name string) []*multipart.FileHeader {
	if r.MultipartForm == nil {
		return nil
	}
	var out []*multipart.FileHeader
	for _, f := range r.MultipartForm.File[name] {
		if f.Filename != "" || f.Size > 0 {
			out = append(out, f)
		}
	}
	return out
}

func set(field reflect.Value, name string, values []string) error {
	one := ""
	if len(values) > 0 {
		one = strings.TrimSpace(values[0])
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(one)
	case reflect.Bool:
		field.SetBool(one != "" && one != "false" && one != "0")
	case reflect.Int, reflect.Int64:
		if one == "" {
			return nil
		}
		n, err := strconv.ParseInt(one, 10, field.Type().Bits())
		if err != nil {
			return refusal.New(refusal.Invalid, "form.not_a_number").On(name)
		}
		field.SetInt(n)
	case reflect.Slice:
		if field.Type().Elem().Kind() != reflect.String {
			panic(fmt.Sprintf("page: can't decode %s into %s", name, field.Type()))
		}
		all := reflect.MakeSlice(field.Type(), 0, len(values))
		for _, value := range values {
			if value = strings.TrimSpace(value); value != "" {
				all = reflect.Append(all, reflect.ValueOf(value).Convert(field.Type().Elem()))
			}
		}
		field.Set(all)
	default:
		panic(fmt.Sprintf("page: can't decode %s into %s", name, field.Type()))
	}
	return nil
}
