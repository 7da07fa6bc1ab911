//go:build tools

// Package engine pins the language host that runs a Python program.
package engine

import _ "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
