"""A province's own words in place of the shipped ones: every edition that was ever kept, and which is in force."""
