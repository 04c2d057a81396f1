package page

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed zones.txt
var zonesText string

type zone struct{ name, words string }

type zoneArea struct {
	name  string
	zones []zone
}

// zones lists the time zones to choose from, by part of the world. Europe and
// America come first: that is where the languages of Cordée are mostly spoken.
var zones = sync.OnceValue(func() []zoneArea { //nolint:gochecknoglobals // immutable, read from an embedded file
	areas := []zoneArea{{name: "Europe"}, {name: "America"}}
	for line := range strings.Lines(zonesText) {
		name := strings.TrimSpace(line)
		if name == "" || name[0] == '#' {
			continue
		}
		area, city, ok := strings.Cut(name, "/")
		if !ok {
			area, city = "Other", name
		}
		z := zone{name, strings.ReplaceAll(strings.ReplaceAll(city, "_", " "), "/", ", ")}
		areas = addZone(areas, area, z)
	}
	return areas
})

func addZone(areas []zoneArea, area string, z zone) []zoneArea {
	for i := range areas {
		if areas[i].name == area {
			areas[i].zones = append(areas[i].zones, z)
			return areas
		}
	}
	return append(areas, zoneArea{area, []zone{z}})
}
