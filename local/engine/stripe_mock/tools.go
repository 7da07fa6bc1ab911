//go:build tools

// Package stripemock pins the stand-in for Stripe's API that payments are tested against.
package stripemock

import _ "github.com/stripe/stripe-mock"
