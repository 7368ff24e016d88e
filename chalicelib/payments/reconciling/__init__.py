"""Our ledger beside the providers' statements (đối soát): read, compared, kept; money is never changed here."""
