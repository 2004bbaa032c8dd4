"""Benchmarks: ratios against ideal programs, taken in one run on one machine. Not tests."""
