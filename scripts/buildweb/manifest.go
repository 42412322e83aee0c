package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// manifest is custom-elements.json, as far as docs/embedding-reference.md needs it.
//
// Source: https://github.com/webcomponents/custom-elements-manifest, schema 1.0.0.
type manifest struct {
	Modules []struct{ Declarations []elementClass }
}

type elementClass struct {
	TagName       string
	Attributes    []described
	Members       []member
	Events        []described
	Slots         []described
	CSSParts      []described `json:"cssParts"`
	CSSProperties []described `json:"cssProperties"`
	CSSStates     []described `json:"cssStates"`
}

// described is an attribute, an event, a slot, a part, a property of styles or a state.
type described struct {
	Name        string
	Description string
	Default     string
	FieldName   string // of an attribute
	Type        typeText
}

type typeText struct{ Text string }

type member struct {
	described
	Kind       string // field or method
	Readonly   bool
	Attribute  string
	Parameters []parameter
	Return     struct{ Type typeText }
}

type parameter struct {
	Name     string
	Optional bool
	Type     typeText
}

var errNoElement = errors.New("the manifest has no element")

func readManifest(file string) (elementClass, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return elementClass{}, err
	}
	var m manifest
	if err := json.Unmarshal(content, &m); err != nil {
		return elementClass{}, fmt.Errorf("%s: %w", file, err)
	}
	for _, module := range m.Modules {
		for _, class := range module.Declarations {
			if class.TagName != "" {
				return class, nil
			}
		}
	}
	return elementClass{}, fmt.Errorf("%s: %w", file, errNoElement)
}
