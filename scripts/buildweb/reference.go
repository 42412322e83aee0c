package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	referenceFile  = "docs/embedding-reference.md"
	manifestFolder = "web/.cache/manifest"
)

const referenceHead = `# <media-upload>: reference

Everything that a page can set, call, listen to or style. Nothing else in the element's shadow tree is promised.
This page is generated from the JSDoc tags in web/src/element by ` + "`make generated`" + `; ` + "`custom-elements.json`" + ` in the npm
package says the same to editors. The types are those of ` + "`@mediarelay/upload`" + `.
`

// writeReference writes the page about the element's attributes, properties, methods,
// events and styles. Each must have a description.
func writeReference() error {
	folder, err := filepath.Abs(manifestFolder)
	if err != nil {
		return err
	}
	if err := writeManifest(folder); err != nil {
		return err
	}
	class, err := readManifest(manifestFolder + "/custom-elements.json")
	if err != nil {
		return err
	}
	var page reference
	page.write(class)
	if len(page.undescribed) > 0 {
		return fmt.Errorf("web/src/element: no description of %s", strings.Join(page.undescribed, ", "))
	}
	return os.WriteFile(referenceFile, []byte(page.text.String()), 0o644)
}

// reference is the page while it is written.
type reference struct {
	text        strings.Builder
	undescribed []string
}

func (r *reference) write(class elementClass) {
	r.text.WriteString(referenceHead)
	r.table("Attributes", []string{"attribute", "property", "type", "default", "meaning"}, attributeRows(class))
	r.table("Properties without an attribute", []string{"property", "type", "meaning"}, propertyRows(class))
	r.table("Methods", []string{"method", "returns", "meaning"}, methodRows(class))
	r.table("Events", []string{"event", "type", "meaning"}, eventRows(class.Events))
	r.table("Slots", []string{"slot", "meaning"}, namedRows(class.Slots, "%s"))
	r.table("Parts", []string{"part", "meaning"}, namedRows(class.CSSParts, "::part(%s)"))
	r.table("Tokens", []string{"custom property", "default", "meaning"}, tokenRows(class.CSSProperties))
	r.table("States", []string{"state", "meaning"}, namedRows(class.CSSStates, ":state(%s)"))
}

// referenceRow is a row of a table: code cells, then the description.
type referenceRow struct {
	code        []string
	description string
}

func (r *reference) table(title string, heads []string, rows []referenceRow) {
	fmt.Fprintf(&r.text, "\n## %s\n\n| %s |\n|%s\n", title, strings.Join(heads, " | "), strings.Repeat("---|", len(heads)))
	for _, row := range rows {
		if row.description == "" {
			r.undescribed = append(r.undescribed, row.code[0])
		}
		for _, cell := range row.code {
			fmt.Fprintf(&r.text, "| %s ", codeCell(cell))
		}
		fmt.Fprintf(&r.text, "| %s |\n", textCell(row.description))
	}
}

func attributeRows(class elementClass) (rows []referenceRow) {
	for _, a := range class.Attributes {
		rows = append(rows, referenceRow{[]string{a.Name, a.FieldName, a.Type.Text, a.Default}, a.Description})
	}
	return rows
}

func propertyRows(class elementClass) (rows []referenceRow) {
	for _, m := range class.Members {
		if m.Kind != "field" || m.Attribute != "" {
			continue
		}
		description := m.Description
		if m.Readonly {
			description = "Read only. " + description
		}
		rows = append(rows, referenceRow{[]string{m.Name, m.Type.Text}, description})
	}
	return rows
}

func methodRows(class elementClass) (rows []referenceRow) {
	for _, m := range class.Members {
		if m.Kind == "method" {
			rows = append(rows, referenceRow{[]string{m.Name + "(" + parameters(m.Parameters) + ")", m.Return.Type.Text}, m.Description})
		}
	}
	return rows
}

func parameters(list []parameter) string {
	texts := make([]string, len(list))
	for i, p := range list {
		mark := ""
		if p.Optional {
			mark = "?"
		}
		texts[i] = fmt.Sprintf("%s%s: %s", p.Name, mark, p.Type.Text)
	}
	return strings.Join(texts, ", ")
}

func eventRows(events []described) (rows []referenceRow) {
	for _, e := range sorted(events) {
		rows = append(rows, referenceRow{[]string{e.Name, e.Type.Text}, e.Description})
	}
	return rows
}

func tokenRows(tokens []described) (rows []referenceRow) {
	for _, t := range sorted(tokens) {
		rows = append(rows, referenceRow{[]string{t.Name, t.Default}, t.Description})
	}
	return rows
}

func namedRows(list []described, format string) (rows []referenceRow) {
	for _, d := range sorted(list) {
		rows = append(rows, referenceRow{[]string{fmt.Sprintf(format, d.Name)}, d.Description})
	}
	return rows
}

func sorted(list []described) []described {
	return slices.SortedFunc(slices.Values(list), func(a, b described) int { return strings.Compare(a.Name, b.Name) })
}

func codeCell(text string) string {
	if text == "" {
		return ""
	}
	return "`" + textCell(text) + "`"
}

// textCell is a text within a table: in one line, without a bar that would end the cell.
func textCell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}
