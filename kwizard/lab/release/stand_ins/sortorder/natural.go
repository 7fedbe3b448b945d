// Package sortorder stands in for vbom.ml/util/sortorder, whose host no longer answers. Kubernetes
// 1.19 uses its one function to list things in an order people expect.
package sortorder

import "strings"

// NaturalLess tells whether a comes before b when runs of digits count as numbers: "pod2" comes
// before "pod10". Numbers of equal value are ordered by their leading zeros, fewer first.
func NaturalLess(a, b string) bool {
	zeros := 0
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x == 0 || y == 0 {
			if a[0] != b[0] {
				return a[0] < b[0]
			}
			a, b = a[1:], b[1:]
			continue
		}
		m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
		if len(m) != len(n) {
			return len(m) < len(n)
		}
		if m != n {
			return m < n
		}
		if zeros == 0 {
			zeros = x - y
		}
		a, b = a[x:], b[y:]
	}
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return zeros < 0
}

// digits is the length of the run of digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
