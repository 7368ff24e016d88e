"""`make deploy`, `drift`, `destroy`: a province's stack in an account, changed only by what was shown and confirmed."""
