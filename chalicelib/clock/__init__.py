"""The legal clock: working calendars, deadlines as a replay of events."""
