//go:build tools

// Package engine pins the Pulumi CLI that is built when there is none on PATH.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
