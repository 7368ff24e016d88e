"""The legal forms as PDF, the tokens they carry, and whether a paper is genuine and still stands."""
