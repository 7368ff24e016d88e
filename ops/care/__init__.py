"""Looking after a province's stack from an engineer's machine: doctor, dead letters, migrations, backup and drill."""
